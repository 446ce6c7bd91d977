{{/* What the schema cannot compare: values that cannot be used together. */}}
{{- define "threadecho.validate" -}}
{{- include "threadecho.validateName" . -}}
{{- include "threadecho.validatePorts" . -}}
{{- include "threadecho.validateDrain" . -}}
{{- include "threadecho.validateReplicas" . -}}
{{- include "threadecho.validateLabels" . -}}
{{- end -}}

{{/* Helm takes more names of a release than Kubernetes takes of a Service: 7up, one.two. */}}
{{- define "threadecho.validateName" -}}
{{- $name := include "threadecho.name" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- fail (printf "%s is no name for a Service: set fullnameOverride" $name) -}}
{{- end -}}
{{- end -}}

{{- define "threadecho.validatePorts" -}}
{{- $taken := dict -}}
{{- range $setting := list "PORT" "HTTP_PORT" "PROXY_PORT" "IDENTITY_PORT" -}}
{{- with int64 (get $.Values.settings $setting) -}}
{{- $port := toString . -}}
{{- if hasKey $taken $port -}}
{{- fail (printf "settings.%s and settings.%s are both %s" (get $taken $port) $setting $port) -}}
{{- end -}}
{{- $_ := set $taken $port $setting -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "threadecho.validateDrain" -}}
{{- $delay := .Values.settings.DRAIN_DELAY | default "0s" -}}
{{- $timeout := .Values.settings.DRAIN_TIMEOUT | default "8s" -}}
{{- $drain := 1000 -}}
{{- range list $delay $timeout -}}
{{- $drain = add $drain (include "threadecho.milliseconds" . | int64) -}}
{{- end -}}
{{- $grace := .Values.terminationGracePeriodSeconds | int64 -}}
{{- if ge $drain (mul $grace 1000) -}}
{{- $sum := printf "DRAIN_DELAY (%s) and DRAIN_TIMEOUT (%s) and 1 s together" $delay $timeout -}}
{{- fail (printf "terminationGracePeriodSeconds is %d, but must be more than %s" $grace $sum) -}}
{{- end -}}
{{- end -}}

{{- define "threadecho.validateReplicas" -}}
{{- $least := int64 .Values.autoscaling.minReplicas -}}
{{- $most := int64 .Values.autoscaling.maxReplicas -}}
{{- if .Values.autoscaling.enabled -}}
{{- if not (kindIs "invalid" .Values.replicas) -}}
{{- fail "replicas must be null while autoscaling.enabled is true: each upgrade would undo what the autoscaler did" -}}
{{- end -}}
{{- if gt $least $most -}}
{{- fail (printf "autoscaling.minReplicas (%d) is more than autoscaling.maxReplicas (%d)" $least $most) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "threadecho.validateLabels" -}}
{{- with .Values -}}
{{- range list .labels .podLabels .podMonitor.labels .prometheusRule.labels .dashboard.labels -}}
{{- range $label, $value := . -}}
{{- if or (hasPrefix "app.kubernetes.io/" $label) (hasPrefix "helm.sh/" $label) -}}
{{- fail (printf "label %s: the chart sets labels with app.kubernetes.io/ and helm.sh/ itself" $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
