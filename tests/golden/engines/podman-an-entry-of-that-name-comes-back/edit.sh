printf '# the end\n' >>containers.conf
