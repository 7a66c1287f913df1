printf '# still all\n' >>config.toml
