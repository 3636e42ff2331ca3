{{/* What the schema cannot say, because it concerns two values or the cluster. */}}
{{- define "id-generator.check" -}}
{{- $scale := .Values.autoscaling | default dict }}
{{- $size := include "id-generator.size" . | fromYaml }}
{{- $full := include "id-generator.fullname" . }}
{{- $port := include "id-generator.port" . | int }}

{{- if not (include "id-generator.on" .Values.enabled) }}
{{- fail "enabled is false, which leaves this chart out only where the parent chart's dependency says condition: <alias>.enabled" }}
{{- end }}
{{- if regexMatch "^[0-9]" $full }}
{{- fail (printf "the name %q begins with a digit, which the name of a Service must not; set fullnameOverride" $full) }}
{{- end }}

{{- if and (eq $size.scaler "none") (kindIs "invalid" .Values.replicaCount) }}
{{- fail "replicaCount is null, which would make Kubernetes run one pod; to leave the size to a scaler of your own, set autoscaling.enabled and autoscaling.external" }}
{{- end }}
{{- if gt (int $size.last) 1023 }}
{{- fail (printf "ordinals.start %v and %d pods reach worker ID %d; the highest is 1023" $size.first (sub (add $size.last 1) $size.first) (int $size.last)) }}
{{- end }}
{{- if and (ne $size.scaler "none") (gt (int $size.min) (int $size.max)) }}
{{- fail (printf "autoscaling.minReplicas %v is above autoscaling.maxReplicas %v" $size.min $size.max) }}
{{- end }}
{{- if and (gt (int $size.first) 0) (semverCompare "<1.27-0" .Capabilities.KubeVersion.Version) }}
{{- fail (printf "ordinals.start needs Kubernetes 1.27; this is %s" .Capabilities.KubeVersion.Version) }}
{{- end }}
{{- if and (eq $size.scaler "hpa") (not $scale.targetCPUUtilizationPercentage) (not $scale.targetMemoryUtilizationPercentage) (not $scale.metrics) }}
{{- fail "an HPA needs autoscaling.targetCPUUtilizationPercentage, autoscaling.targetMemoryUtilizationPercentage or autoscaling.metrics" }}
{{- end }}

{{- $lease := .Values.lease | default dict }}
{{- if gt (mul ($lease.renewSeconds | default 15) 3) (int ($lease.reserveSeconds | default 60)) }}
{{- fail "lease.renewSeconds is more than a third of lease.reserveSeconds" }}
{{- end }}

{{- if has $port (list 11111 30000) }}
{{- fail (printf "service.port is %d, on which the silo listens for Orleans" $port) }}
{{- end }}
{{- $balancer := .Values.loadBalancer | default dict }}
{{- $type := $balancer.type | default "ClusterIP" }}
{{- if and $balancer.nodePort (eq $type "ClusterIP") }}
{{- fail "loadBalancer.nodePort needs loadBalancer.type NodePort or LoadBalancer" }}
{{- end }}
{{- if and $balancer.externalTrafficPolicy (eq $type "ClusterIP") }}
{{- fail "loadBalancer.externalTrafficPolicy needs loadBalancer.type NodePort or LoadBalancer" }}
{{- end }}
{{- if and (or $balancer.loadBalancerClass $balancer.loadBalancerSourceRanges) (ne $type "LoadBalancer") }}
{{- fail "loadBalancer.loadBalancerClass and loadBalancer.loadBalancerSourceRanges need loadBalancer.type LoadBalancer" }}
{{- end }}
{{- if and (or (.Values.ingress).enabled (.Values.httpRoute).enabled) (not (include "id-generator.on" $balancer.enabled)) }}
{{- fail "ingress and httpRoute send requests to the Service of loadBalancer.enabled, which is false" }}
{{- end }}
{{- if and (.Values.ingress).enabled (not (.Values.ingress).hosts) }}
{{- fail "ingress.enabled is true, and ingress.hosts is empty" }}
{{- end }}
{{- if and (.Values.httpRoute).enabled (not (.Values.httpRoute).parentRefs) }}
{{- fail "httpRoute.enabled is true, and httpRoute.parentRefs is empty" }}
{{- end }}

{{- if and (.Values.serviceMonitor).enabled (.Values.podMonitor).enabled }}
{{- fail "serviceMonitor.enabled and podMonitor.enabled are both true: every pod would be scraped, and its IDs counted, twice" }}
{{- end }}
{{- range $name := list "serviceMonitor" "podMonitor" }}
{{- with get $.Values $name }}
{{- if .enabled }}
{{- $interval := include "id-generator.seconds" .interval | float64 }}
{{- if and .interval .scrapeTimeout (gt (include "id-generator.seconds" .scrapeTimeout | float64) $interval) }}
{{- fail (printf "%s.scrapeTimeout %s is longer than %s.interval %s, which Prometheus refuses" $name .scrapeTimeout $name .interval) }}
{{- end }}
{{- if and .interval (eq $size.scaler "keda") (gt $interval 30.0) }}
{{- fail (printf "%s.interval is %s; KEDA's query is a rate over a minute, which needs two scrapes in it: 30s at most" $name .interval) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* .NET reads its settings without regard to case, so PORT and port are one. */}}
{{- $reserved := list "WORKER_ID" "POD_NAME" "POD_UID" "POD_IP" "RELEASE_NAME" "LEASE_STORE" "CLUSTERING" "PORT" "SILO_PORT" "GATEWAY_PORT" "ID_SPACE" "LEASE__RESERVESECONDS" "LEASE__RENEWSECONDS" "GATEWAY__DRAINSECONDS" "CHART__NAME" "CHART__SERVICEACCOUNT" }}
{{- range .Values.extraEnv }}
{{- if has (.name | upper | replace ":" "__") $reserved }}
{{- fail (printf "extraEnv sets %s, which the chart sets" .name) }}
{{- end }}
{{- end }}
{{- end }}

{{/*
Releases of this chart in the namespaces that are looked into whose worker IDs overlap with those of this one, in the same ID space: as
YAML, a list of sentences. `lookup` finds nothing where no cluster is asked (helm template, Argo CD).
*/}}
{{- define "id-generator.rivals" -}}
{{- $home := include "id-generator.namespace" . }}
{{- $size := include "id-generator.size" . | fromYaml }}
{{- $space := .Values.idSpace | default "default" }}
{{- $found := list }}
{{- if ne ((.Values.ordinals).conflicts | default "refuse") "ignore" }}
{{- range $namespace := prepend ((.Values.ordinals).sharedWith | default list) $home | uniq }}
{{- range (lookup "apps/v1" "StatefulSet" $namespace "").items | default list }}
{{- $notes := .metadata.annotations | default dict }}
{{- $self := and (eq .metadata.name (include "id-generator.fullname" $)) (eq .metadata.namespace $home) }}
{{- $env := dict }}
{{- range .spec.template.spec.containers }}
{{- if eq .name "id-generator" }}{{ range .env }}{{ $_ := set $env .name (.value | default "") }}{{ end }}{{ end }}
{{- end }}
{{- if and $self (hasKey $env "RELEASE_NAME") (ne $env.RELEASE_NAME (include "id-generator.identity" $)) }}
{{- fail (printf "the Leases of these pods are named after %q, and would be named after %q; IDs could repeat. Set identityOverride to %q" $env.RELEASE_NAME (include "id-generator.identity" $) $env.RELEASE_NAME) }}
{{- end }}
{{- if and (not $self) (hasKey $env "RELEASE_NAME") (eq ($env.ID_SPACE | default "default") $space) }}
{{- $first := (.spec.ordinals).start | default 0 | int }}
{{- $last := get $notes "id-generator/last-worker-id" | default (sub (add $first .spec.replicas) 1) | int }}
{{- if and (le (int $size.first) $last) (le $first (int $size.last)) }}
{{- $found = append $found (printf "StatefulSet %s in namespace %s has the worker IDs %d to %d" .metadata.name .metadata.namespace $first $last) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- toYaml $found }}
{{- end }}

{{/* An upgrade only warns (NOTES.txt): its release was there before, and a refusal would take nobody's IDs apart. */}}
{{- define "id-generator.refuseRivals" -}}
{{- $rivals := include "id-generator.rivals" . | fromYamlArray }}
{{- if and $rivals .Release.IsInstall (ne ((.Values.ordinals).conflicts | default "refuse") "warn") }}
{{- fail (printf "two workers with one ID can issue equal IDs: %s. Set ordinals.start to a range of its own, or idSpace if the IDs of the two need not differ" (join "; " $rivals)) }}
{{- end }}
{{- end }}
