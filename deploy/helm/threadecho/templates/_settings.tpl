{{/*
The settings as strings. YAML reads on and off as booleans, and Helm reads whole numbers as floating-point ones, which
would print 1e+06.
*/}}
{{- define "threadecho.settings" -}}
{{- range $name, $value := .Values.settings }}
{{- if kindIs "bool" $value }}
{{- $value = ternary "on" "off" $value }}
{{- else if kindIs "float64" $value }}
{{- $value = int64 $value }}
{{- end }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end -}}

{{/* A duration of the server in milliseconds: 1m30s is 90000. */}}
{{- define "threadecho.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "min" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+[a-z]+" . -1 -}}
{{- $unit := get $units (regexFind "[a-z]+" .) -}}
{{- $sum = add $sum (mul (regexFind "[0-9]+" . | int64) $unit) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}
