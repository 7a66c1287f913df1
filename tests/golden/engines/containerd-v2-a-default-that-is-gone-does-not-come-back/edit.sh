sed -i '/runtimes.crun/,+1d' config.toml
