// The files of deploy/prometheus that are made from the mixin: see generate.sh.
local yaml = import 'yaml.libsonnet';

function(config)
  local mixin = (import 'mixin.libsonnet') + { _config+:: config };
  {
    'recording.rules.yml': yaml.rules(mixin.prometheusRules),
    'alerts.rules.yml': yaml.rules(mixin.prometheusAlerts),
  }
