sed -i '/^# --- end/i\
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata] # by hand\
runtime_type = "io.containerd.kata.v2"' config.toml
