sed -i 's|"other": {"path": "/usr/bin/other"}, ||' daemon.json
