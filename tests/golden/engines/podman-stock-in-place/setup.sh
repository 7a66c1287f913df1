mkdir bin
printf '#!/bin/sh\n' >bin/crun
chmod 755 bin/crun
