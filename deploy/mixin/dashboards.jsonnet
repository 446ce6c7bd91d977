// The files of deploy/grafana/dashboards that are made from the mixin: see generate.sh.
function(config) ((import 'mixin.libsonnet') + { _config+:: config }).grafanaDashboards
