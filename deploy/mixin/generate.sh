#!/bin/sh
# Makes the rules and dashboards of deploy/ from the mixin, and their copies for Kubernetes and Helm. Needs jsonnet (the Debian
# package). Run it after a change of deploy/mixin; the check mixin compares.
#   generate.sh                        the files of this repository
#   generate.sh DIRECTORY [CONFIG]     rules and dashboards alone, there; CONFIG is jsonnet that overrides _config, such as
#                                      '{ job: "echo", grafanaUrl: "https://grafana.example" }'
set -eu
mixin=$(cd "$(dirname -- "$0")" && pwd)
deploy=$(dirname "$mixin")
to=${1:-$deploy}
config=${2-"{}"}
mkdir -p "$to/prometheus" "$to/grafana/dashboards"
jsonnet --string --multi "$to/prometheus" --tla-code config="$config" "$mixin/rules.jsonnet"
# std.manifestJsonEx would take a minute, so the program writes the JSON, and its three spaces become one.
for dashboard in $(jsonnet --multi "$to/grafana/dashboards" --tla-code config="$config" "$mixin/dashboards.jsonnet"); do
    sed 's/^\( *\)\1\1/\1/' "$dashboard" >"$dashboard.new"
    mv "$dashboard.new" "$dashboard"
    echo "$dashboard"
done
[ $# -eq 0 ] || exit 0
"$deploy/helm/copy-files.sh"
"$deploy/kubernetes/prometheus-rule.sh" >"$deploy/kubernetes/components/monitoring/prometheus-rule.yaml"
