{{- define "id-generator.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* At most 52 characters: a StatefulSet's pods carry its name and a hash of 10 in one label. */}}
{{- define "id-generator.fullname" -}}
{{- $name := include "id-generator.name" . }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- .Values.fullnameOverride | default $full | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "id-generator.namespace" -}}
{{ .Values.namespaceOverride | default .Release.Namespace }}
{{- end }}

{{/*
The name under which Leases and membership are kept: the release's, so that a reinstall finds them again. A parent chart can hold this
chart twice under two aliases; both have one release name, so the alias tells them apart.
*/}}
{{- define "id-generator.identity" -}}
{{- $own := eq .Chart.Name "id-generator" | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) }}
{{- .Values.identityOverride | default $own | trunc 53 | trimSuffix "-" }}
{{- end }}

{{/* A scalar as text. In YAML without quotes 20260101 is a number, which templates would write as 2.0260101e+07. */}}
{{- define "id-generator.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* Free text as the value of a label: 63 of the characters that labels may have. */}}
{{- define "id-generator.labelValue" -}}
{{- $safe := regexReplaceAll "[^A-Za-z0-9._-]" . "_" | trunc 63 }}
{{- regexReplaceAll "[^A-Za-z0-9]+$" $safe "" }}
{{- end }}

{{/* A list of maps as one map of quoted texts; a later map wins, and a null leaves its key out. */}}
{{- define "id-generator.strings" -}}
{{- $merged := dict }}
{{- range . }}
{{- range $key, $value := . }}
{{- if not (kindIs "invalid" $value) }}{{ $_ := set $merged $key (include "id-generator.text" $value) }}{{ end }}
{{- end }}
{{- end }}
{{- $lines := list }}
{{- range $key, $value := $merged }}
{{- $lines = append $lines (printf "%s: %s" $key (quote $value)) }}
{{- end }}
{{- join "\n" $lines }}
{{- end }}

{{/* A StatefulSet's selector can never change, so these never do. */}}
{{- define "id-generator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "id-generator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Not the selector labels: the Services must not send requests to the pod of `helm test`. */}}
{{- define "id-generator.testLabels" -}}
app.kubernetes.io/name: {{ include "id-generator.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/*
The metadata of every object of the release: (dict "root" $), and as needed "suffix" of the name, or the whole "name"; "namespace";
"labels" and "annotations" beside the common ones; "own", labels of the chart that nobody may replace.
*/}}
{{- define "id-generator.metadata" -}}
{{- $root := .root }}
{{- $own := dict
  "app.kubernetes.io/name" (include "id-generator.name" $root)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/version" (include "id-generator.labelValue" $root.Chart.AppVersion)
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (include "id-generator.labelValue" (printf "%s-%s" $root.Chart.Name $root.Chart.Version)) }}
metadata:
  name: {{ .name | default (printf "%s%s" (include "id-generator.fullname" $root) (.suffix | default "")) }}
  namespace: {{ .namespace | default (include "id-generator.namespace" $root) }}
  labels:
    {{- include "id-generator.strings" (list $root.Values.commonLabels .labels $own .own) | nindent 4 }}
  {{- with include "id-generator.strings" (list $root.Values.commonAnnotations .annotations) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{/*
The name of an object that may be in a namespace where other releases have theirs too: (list $ namespace suffix). In the release's own
namespace the plain name tells it apart, elsewhere the name of the release's namespace as well.
*/}}
{{- define "id-generator.guestName" -}}
{{- $root := index . 0 }}
{{- $home := include "id-generator.namespace" $root }}
{{- $full := include "id-generator.fullname" $root }}
{{- $name := or (not (index . 1)) (eq (index . 1 | default $home) $home) | ternary $full (printf "%s-%s" $home $full) }}
{{- printf "%s%s" $name (index . 2) }}
{{- end }}

{{/* The image. A registry of its own, or of all charts of a parent, takes the place of one that the repository names. */}}
{{- define "id-generator.image" -}}
{{- $image := .Values.image | default dict }}
{{- $repository := required "image.repository is empty" $image.repository }}
{{- with (.Values.global).imageRegistry | default $image.registry }}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" $repository "") }}
{{- end }}
{{- if $image.digest }}{{ $repository }}@{{ $image.digest }}
{{- else }}{{ $repository }}:{{ include "id-generator.text" ($image.tag | default ($.Chart.AppVersion | replace "+" "_")) }}
{{- end }}
{{- end }}

{{/*
What the pods of the service and the pod of `helm test` have in common: whatever says which nodes, networks and registries they may use.
*/}}
{{- define "id-generator.podSpec" -}}
{{- $secrets := list }}
{{- range concat ((.Values.global).imagePullSecrets | default list) (.Values.imagePullSecrets | default list) }}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) }}
{{- end }}
{{- with $secrets | uniq }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "id-generator.podSecurityContext" . | fromYaml }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "id-generator.strings" (list .Values.nodeSelector) }}
nodeSelector:
  {{- . | nindent 2 }}
{{- end }}
{{- range $field := list "tolerations" "priorityClassName" "runtimeClassName" "schedulerName" "hostAliases" "dnsPolicy" "dnsConfig" }}
{{- with get $.Values $field }}
{{ dict $field . | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* Without this sysctl a process that is not root cannot listen below 1024. The restricted Pod Security Standard allows it. */}}
{{- define "id-generator.podSecurityContext" -}}
{{- $context := .Values.podSecurityContext | default dict }}
{{- if lt (include "id-generator.port" . | int) 1024 }}
{{- $sysctl := dict "name" "net.ipv4.ip_unprivileged_port_start" "value" "0" }}
{{- $context = merge (dict "sysctls" (append ($context.sysctls | default list) $sysctl | uniq)) $context }}
{{- end }}
{{- toYaml $context }}
{{- end }}

{{- define "id-generator.port" -}}
{{ (.Values.service).port | default 8080 }}
{{- end }}

{{/*
Values files of older charts lack keys that were added since, and `helm upgrade --reuse-values` leaves those keys without a value. What
is on by default is therefore off only where the value is false: (include "id-generator.on" .Values.x.enabled) is empty then.
*/}}
{{- define "id-generator.on" -}}
{{ ne (toString .) "false" | ternary "on" "" }}
{{- end }}

{{/* IPv4, IPv6 or both, for both Services. */}}
{{- define "id-generator.ipFamilies" -}}
{{- range $field := list "ipFamilyPolicy" "ipFamilies" }}
{{- with get ($.Values.service | default dict) $field }}
{{- dict $field . | toYaml | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{- define "id-generator.serviceAccountName" -}}
{{- $made := include "id-generator.on" (.Values.serviceAccount).create | eq "on" }}
{{- (.Values.serviceAccount).name | default ($made | ternary (include "id-generator.fullname" .) "default") }}
{{- end }}

{{/*
The size of the release, as YAML: which autoscaler sets it (keda, hpa, external or none), its bounds, the first worker ID and the
last one that a pod can have.
*/}}
{{- define "id-generator.size" -}}
{{- $scale := .Values.autoscaling | default dict }}
{{- $keda := .Capabilities.APIVersions.Has "keda.sh/v1alpha1/ScaledObject" }}
{{- $scaler := "none" }}
{{- if include "id-generator.on" $scale.enabled }}
{{- $scaler = and $keda (include "id-generator.on" ($scale.keda).enabled | eq "on") | ternary "keda" "hpa" }}
{{- if $scale.external }}{{ $scaler = "external" }}{{ end }}
{{- end }}
{{- $start := (.Values.ordinals).start | default 0 | int }}
{{- $most := eq $scaler "none" | ternary .Values.replicaCount ($scale.maxReplicas | default 10) | int }}
scaler: {{ $scaler }}
min: {{ $scale.minReplicas | default 2 }}
max: {{ $scale.maxReplicas | default 10 }}
first: {{ $start }}
last: {{ sub (add $start $most) 1 }}
{{- end }}

{{/* The Leases of all worker IDs that this release can have. Both sizes count, so that a pod which an upgrade ends still gives its own back. */}}
{{- define "id-generator.leaseNames" -}}
{{- $size := include "id-generator.size" . | fromYaml }}
{{- $pods := max (int .Values.replicaCount) (int $size.max) | int }}
{{- $names := list }}
{{- range $worker := untilStep (int $size.first) (add $size.first $pods | int) 1 }}
{{- $names = append $names (printf "%s-worker-%d" (include "id-generator.identity" $) $worker) }}
{{- end }}
{{- join ", " $names }}
{{- end }}

{{/* An uninstall deletes what pods need to give their Leases back before it tells them to stop. So Helm leaves that, and the last pod removes it. */}}
{{- define "id-generator.leftToPods" -}}
helm.sh/resource-policy: keep
{{- end }}

{{/* Matchers of PromQL that select the series of this release's pods and no others. */}}
{{- define "id-generator.series" -}}
namespace="{{ include "id-generator.namespace" . }}",pod=~"{{ include "id-generator.fullname" . }}-[0-9]+"
{{- end }}

{{/* What a ServiceMonitor and a PodMonitor ask of each pod; the argument is the value of the one or the other. */}}
{{- define "id-generator.endpoint" -}}
- port: http
  path: /metrics
  {{- range $field := list "interval" "scrapeTimeout" "honorLabels" "relabelings" "metricRelabelings" }}
  {{- with get $ $field }}
  {{ dict $field . | toYaml | nindent 2 | trim }}
  {{- end }}
  {{- end }}
{{- end }}

{{/* The ServiceMonitor's or PodMonitor's duration as seconds: "1m30s" is 90. */}}
{{- define "id-generator.seconds" -}}
{{- $sum := 0.0 }}
{{- range regexFindAll "[0-9]+(ms|[smhd])" (toString .) -1 }}
{{- $unit := regexFind "[a-z]+" . }}
{{- $sum = addf $sum (mulf (regexFind "[0-9]+" . | float64) (get (dict "ms" 0.001 "s" 1.0 "m" 60.0 "h" 3600.0 "d" 86400.0) $unit)) }}
{{- end }}
{{- $sum }}
{{- end }}
