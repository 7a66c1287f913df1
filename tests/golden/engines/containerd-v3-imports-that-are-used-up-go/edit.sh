sed -i 's|"/nowhere/a.toml", ||' config.toml
