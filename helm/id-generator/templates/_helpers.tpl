{{- define "id-generator.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* At most 52 characters: a StatefulSet's pods carry its name and a hash of 10 in one label. */}}
{{- define "id-generator.fullname" -}}
{{- $name := include "id-generator.name" . }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- .Values.fullnameOverride | default $full | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* A StatefulSet's selector can never change, so these never do. */}}
{{- define "id-generator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "id-generator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "id-generator.labels" -}}
{{ include "id-generator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "id-generator.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}
{{- else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
{{- end }}

{{- define "id-generator.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "id-generator.fullname" .) "default") }}
{{- end }}

{{/* The Leases of all worker IDs that this release can have. Both sizes count, so that a pod which an upgrade ends still gives its own back. */}}
{{- define "id-generator.leaseNames" -}}
{{- $pods := max (int .Values.replicaCount) (int .Values.autoscaling.maxReplicas) | int }}
{{- $names := list }}
{{- range $worker := untilStep (int .Values.ordinals.start) (add .Values.ordinals.start $pods | int) 1 }}
{{- $names = append $names (printf "%s-worker-%d" $.Release.Name $worker) }}
{{- end }}
{{- join ", " $names }}
{{- end }}

{{/* An uninstall deletes what pods need to give their Leases back before it tells them to stop. So Helm leaves that, and the last pod removes it. */}}
{{- define "id-generator.leftToPods" -}}
helm.sh/resource-policy: keep
{{- end }}

{{/* Which autoscaler sets the number of pods: keda, hpa or nothing. */}}
{{- define "id-generator.autoscaler" -}}
{{- $keda := .Capabilities.APIVersions.Has "keda.sh/v1alpha1/ScaledObject" }}
{{- if .Values.autoscaling.enabled }}
{{- and .Values.autoscaling.keda.enabled $keda | ternary "keda" "hpa" }}
{{- end }}
{{- end }}

{{/* What the schema cannot say, because it concerns two values or the cluster. */}}
{{- define "id-generator.check" -}}
{{- $scale := .Values.autoscaling }}
{{- $pods := $scale.enabled | ternary $scale.maxReplicas .Values.replicaCount | int }}
{{- $last := sub (add .Values.ordinals.start $pods) 1 }}
{{- if gt $last 1023 }}
{{- fail (printf "ordinals.start %v and %d pods reach worker ID %d; the highest is 1023" .Values.ordinals.start $pods $last) }}
{{- end }}
{{- if and $scale.enabled (gt (int $scale.minReplicas) (int $scale.maxReplicas)) }}
{{- fail (printf "autoscaling.minReplicas %v is above autoscaling.maxReplicas %v" $scale.minReplicas $scale.maxReplicas) }}
{{- end }}
{{- if gt (mul .Values.lease.renewSeconds 3) (int .Values.lease.reserveSeconds) }}
{{- fail "lease.renewSeconds is more than a third of lease.reserveSeconds" }}
{{- end }}
{{- if and (eq (include "id-generator.autoscaler" .) "keda") (lt (float64 $scale.keda.threshold) 1000.0) }}
{{- fail (printf "autoscaling.keda.threshold is %v; it counts IDs per second and pod (not exhausted milliseconds, as in the chart that this one replaces), and at least 1000" $scale.keda.threshold) }}
{{- end }}
{{- if and (eq (include "id-generator.autoscaler" .) "hpa") (not $scale.targetCPUUtilizationPercentage) (not $scale.targetMemoryUtilizationPercentage) }}
{{- fail "an HPA needs autoscaling.targetCPUUtilizationPercentage or autoscaling.targetMemoryUtilizationPercentage" }}
{{- end }}
{{- end }}
