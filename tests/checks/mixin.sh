#!/bin/sh
# The rules and dashboards that are shipped are those that the mixin makes, and it keeps its promises with another configuration.
# needs: jsonnet prometheus python3-yaml
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v jsonnet >/dev/null || exec "$here/skip" 'jsonnet is not installed'
command -v promtool >/dev/null || exec "$here/skip" 'promtool (Debian package prometheus) is not installed'
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
jsonnetfmt --test deploy/mixin/*.jsonnet deploy/mixin/*.libsonnet deploy/mixin/dashboards/*.libsonnet tests/mixin/*.jsonnet ||
    { echo 'format it with: jsonnetfmt -i' >&2; exit 1; }
mkdir -p build
made=$(mktemp -d build/mixin.XXXXXX)
trap 'rm -rf "$made"' EXIT
deploy/mixin/generate.sh "$made" >/dev/null
for file in prometheus/recording.rules.yml prometheus/alerts.rules.yml grafana/dashboards; do
    diff -r -x .lint "deploy/$file" "$made/$file" || { echo 'run deploy/mixin/generate.sh' >&2; exit 1; }
done

# Other jobs, in another cluster label: every alert fires and stays silent as before.
deploy/mixin/generate.sh "$made/deploy" '{ job: "echo", watchJob: "paths", clusterLabel: "region", showMultiCluster: false }' >/dev/null
if grep -no 'job=\\*"threadecho.*' "$made"/deploy/prometheus/*.yml "$made"/deploy/grafana/dashboards/*.json; then
    echo 'these rules or dashboards do not follow _config.job and _config.watchJob' >&2
    exit 1
fi
mkdir -p "$made/tests/prometheus"
for file in tests/prometheus/*.test.yml; do
    sed 's/job="threadecho-watch"/job="paths"/g; s/job="threadecho"/job="echo"/g; s/job: threadecho-watch/job: paths/g
        s/job: threadecho\b/job: echo/g; s/var-job=threadecho-watch/var-job=paths/g; s/var-job=threadecho\b/var-job=echo/g
        s/in the job threadecho\b/in the job echo/g; s/cluster="east"/region="east"/g; s/cluster: east/region: east/g
        s/\(&var-cluster=east\)\(&var-namespace=shop\)/\2\1/' "$file" >"$made/$file"
done
promtool test rules "$made"/tests/prometheus/*.test.yml

# A selector that names no single job, and other levels, which the dashboards follow.
deploy/mixin/generate.sh "$made/selector/deploy" '{ selector: "job=~\"echo|echo-.*\"", absentIsDown: true,
    rejectedShare: 0.125, lostShare: 0.1875, retransmitShare: 0.375, pathsUpShare: 0.4375, lossShares: [0.625, 0.6875, 0.8125] }' >/dev/null
for level in threadecho:0.125 threadecho:0.1875 threadecho:0.375 threadecho-mesh:0.375 threadecho-mesh:0.4375 threadecho-mesh:0.625 \
    threadecho-mesh:0.6875 threadecho-mesh:0.8125; do
    grep -q "\"value\": ${level#*:}\$" "$made/selector/deploy/grafana/dashboards/${level%:*}.json" ||
        { echo "the dashboard ${level%:*} does not draw the level ${level#*:} of _config" >&2; exit 1; }
done
mkdir "$made/selector/tests"
cp tests/mixin/selector.test.yml "$made/selector/tests/"
promtool test rules "$made/selector/tests/selector.test.yml"

# Nothing that a rule or a group has is lost on the way into YAML.
mkdir "$made/yaml"
jsonnet --string --multi "$made/yaml" tests/mixin/yaml.jsonnet >/dev/null
promtool check rules "$made/yaml/rules.yml"
python3 -B - "$made/yaml" <<'END'
import json, pathlib, sys, yaml
made = pathlib.Path(sys.argv[1])
rules, expected = yaml.safe_load((made / "rules.yml").read_text()), json.loads((made / "rules.json").read_text())
for rule in rules["groups"][0]["rules"]:
    rule["expr"] = rule["expr"].strip()
if rules != expected:
    sys.exit(f"deploy/mixin/yaml.libsonnet makes {rules} of {expected}")
END
