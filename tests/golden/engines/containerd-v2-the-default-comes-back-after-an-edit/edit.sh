sed -i "s/overlayfs/native/; s/timeouts/times/" config.toml; printf "# the end\n" >>config.toml
