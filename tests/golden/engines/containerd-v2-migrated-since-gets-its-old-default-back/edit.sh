# as `containerd config migrate` writes it: no comment stays
sed -i "/^#/d; s/version = 2/version = 3/; s/\"io.containerd.grpc.v1.cri\"/'io.containerd.cri.v1.runtime'/; s/\"/'/g" config.toml
