mkdir log
chmod 775 log
