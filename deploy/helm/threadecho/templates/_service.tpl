{{/* A Service. The argument is a dict of root, suffix, port (its name), appProtocol and values. */}}
{{- define "threadecho.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "threadecho.metadata" (dict "root" .root "component" "server" "suffix" .suffix) | nindent 2 }}
  {{- with .values.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .values.type | default "ClusterIP" }}
  {{- with .values.externalTrafficPolicy }}
  externalTrafficPolicy: {{ . }}
  {{- end }}
  {{- if eq (.values.type | default "") "LoadBalancer" }}
  {{- with .values.loadBalancerClass }}
  loadBalancerClass: {{ . | quote }}
  {{- end }}
  {{- with .values.loadBalancerSourceRanges }}
  loadBalancerSourceRanges:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with .root.Values.ipFamilyPolicy }}
  ipFamilyPolicy: {{ . }}
  {{- end }}
  {{- with .root.Values.ipFamilies }}
  ipFamilies:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  selector:
    {{- include "threadecho.selector" (dict "root" .root "component" "server") | nindent 4 }}
  ports:
    - name: {{ .port }}
      port: {{ int64 .values.port }}
      targetPort: {{ .port }}
      protocol: TCP
      appProtocol: {{ .appProtocol }}
{{- end -}}
