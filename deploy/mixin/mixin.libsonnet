// The monitoring mixin: prometheusAlerts, prometheusRules and grafanaDashboards, made for what _config says.
(import 'config.libsonnet')
+ (import 'alerts.libsonnet')
+ (import 'rules.libsonnet')
+ (import 'dashboards/dashboards.libsonnet')
