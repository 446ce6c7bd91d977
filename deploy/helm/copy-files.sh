#!/bin/sh
# Copies the rules and the dashboards into the chart, because Helm reads no file outside a chart. Run it after a change of
# deploy/prometheus or deploy/grafana; the check helm compares the copies.
set -eu
cd "$(dirname -- "$0")/.."
cp prometheus/recording.rules.yml prometheus/alerts.rules.yml grafana/dashboards/*.json helm/threadecho/files/
