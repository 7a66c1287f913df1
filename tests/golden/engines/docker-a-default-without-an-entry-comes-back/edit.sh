sed -i '1a\  "debug": true,' daemon.json
