ln -s elsewhere audit.log
