{{/* Name of the objects of this release; what is appended must fit into 63 characters too. */}}
{{- define "threadecho.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains "threadecho" .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-threadecho" (.Release.Name | trunc 37 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{/* A file of the chart with the links of the values. The argument is a dict of root and file. */}}
{{- define "threadecho.linked" -}}
{{- $links := .root.Values.links -}}
{{- .root.Files.Get .file | replace "file:///usr/share/doc/threadecho/runbook.md" $links.runbook
    | replace "http://127.0.0.1:3000" $links.grafana -}}
{{- end -}}

{{/* What selectors go by. The argument is a dict of root and component. */}}
{{- define "threadecho.selector" -}}
app.kubernetes.io/name: threadecho
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of a pod: without the chart's version, so that a new chart alone restarts no pod. */}}
{{- define "threadecho.podLabels" -}}
{{ include "threadecho.selector" . }}
app.kubernetes.io/part-of: threadecho
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{/* Labels of an object. The argument may have further labels. */}}
{{- define "threadecho.labels" -}}
{{ include "threadecho.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | quote }}
{{- with merge (dict) (.labels | default dict) (.root.Values.labels | default dict) }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Name and labels of an object. The argument is a dict of root, component, suffix and further labels. */}}
{{- define "threadecho.metadata" -}}
name: {{ include "threadecho.name" .root }}{{ .suffix }}
labels:
  {{- include "threadecho.labels" . | nindent 2 }}
{{- end -}}
