#!/usr/bin/env bash
# OpenStack Swift with its S3 API, which checks every signature: key test:tester, secret testing. Its data lie in the folder given, its ports
# begin at the one given. Ends, with all it started, when its standard input does.
set -eu
folder=$1
port=$2
cd "$folder"
mkdir -p rings
for storage in object:1:swift account:2:swift container:3:swift; do
  IFS=: read -r name offset _ <<<"$storage"
  mkdir -p "$name/sdb1"
  swift-ring-builder "rings/$name.builder" create 4 1 0 >&2
  swift-ring-builder "rings/$name.builder" add "r1z1-127.0.0.1:$((port + offset))/sdb1" 1 >&2
  swift-ring-builder "rings/$name.builder" rebalance >&2
  cat >"$name.conf" <<CONF
[DEFAULT]
devices = $folder/$name
swift_dir = $folder/rings
mount_check = false
bind_ip = 127.0.0.1
bind_port = $((port + offset))
user = $(id -un)
workers = 0
[pipeline:main]
pipeline = $name-server
[app:$name-server]
use = egg:swift#$name
CONF
done
cat >proxy.conf <<CONF
[DEFAULT]
swift_dir = $folder/rings
bind_ip = 127.0.0.1
bind_port = $port
user = $(id -un)
workers = 0
[pipeline:main]
pipeline = catch_errors proxy-logging cache listing_formats s3api tempauth copy slo dlo proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$((port + 4))
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = no
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
CONF
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
memcached -u "$(id -un)" -l 127.0.0.1 -p $((port + 4)) >&2 &
for name in object account container; do swift-$name-server "$folder/$name.conf" >&2 & done
swift-proxy-server "$folder/proxy.conf" >&2 &
cat >/dev/null
