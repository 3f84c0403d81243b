#!/usr/bin/env bash
# The health check of the images, which have neither curl nor wget: whether GET /health is answered with 200.
exec 3<>"/dev/tcp/127.0.0.1/${DIA_PORT:-7860}" || exit 1
printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 4 _ status _ <&3 && [[ "$status" == 200 ]]
