#!/bin/bash
# Runs in Solr's container before Solr starts: the configset of this version of the portal, and the core at the first time.
set -e
home="${SOLR_HOME:-/var/solr/data}"
mkdir -p "$home/configsets"
rm -rf "$home/configsets/opengov"
cp -r "${CONFIGSET:-/configset}" "$home/configsets/opengov"
# A rebuild exchanges two cores: then the name of a core is another than that of its folder.
if ! grep -qsx 'name=ckan' "$home"/*/core.properties; then
    mkdir -p "$home/ckan"
    printf 'name=ckan\nconfigSet=opengov\n' > "$home/ckan/core.properties"
fi
