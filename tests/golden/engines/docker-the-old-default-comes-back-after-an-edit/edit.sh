sed -i "s|{|{\n  \"debug\": true,|;:a;n;ba" daemon.json
