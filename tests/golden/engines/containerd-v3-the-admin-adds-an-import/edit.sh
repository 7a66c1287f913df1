sed -i 's|imports = \[|imports = ["/etc/other.toml", |' config.toml
