#!/bin/sh
# Prints the PrometheusRule that the component monitoring has, made from deploy/prometheus. After a change there:
#   deploy/kubernetes/prometheus-rule.sh >deploy/kubernetes/components/monitoring/prometheus-rule.yaml
set -eu
cd "$(dirname -- "$0")/../prometheus"
cat <<'END'
# Made by deploy/kubernetes/prometheus-rule.sh from deploy/prometheus: change it there.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: threadecho
  labels:
    app.kubernetes.io/name: threadecho
    app.kubernetes.io/instance: threadecho
    app.kubernetes.io/component: server
spec:
  groups:
END
for rules in recording.rules.yml alerts.rules.yml; do
    sed '1,/^groups:$/d; s/^./  &/' "$rules"
done
