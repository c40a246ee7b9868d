#!/bin/sh
# The roles and databases of the portal, made when the database container starts for the first time.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres \
  --set ckan="$POSTGRES_PASSWORD" --set rw="$DATASTORE_PASSWORD" --set ro="$DATASTORE_READ_PASSWORD" <<'SQL'
CREATE ROLE opengov_ckan LOGIN PASSWORD :'ckan';
CREATE ROLE opengov_datastore LOGIN PASSWORD :'rw';
CREATE ROLE opengov_datastore_ro LOGIN PASSWORD :'ro';
CREATE DATABASE opengov OWNER opengov_ckan;
CREATE DATABASE opengov_datastore OWNER opengov_datastore;
SQL
