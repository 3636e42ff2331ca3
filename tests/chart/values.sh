# Values that must be refused, by both Helms, before anything reaches a cluster.

# wrong PATTERN ARGUMENT...
wrong() {
  local helm
  for helm in 3 4; do
    refused "helm $helm refuses ${*:2}" "$1" "$tools/helm$helm" template ids "$chart" "${@:2}"
  done
}

wrong 'replicaCont' --set replicaCont=3
wrong 'autoscaling' --set autoscaling.max=3
wrong 'readinessProbe' --set readinessProbe.httpget.path=/x
wrong 'replicaCount' --set autoscaling.enabled=false --set replicaCount=1025
wrong 'replicaCount' --set replicaCount=many
wrong 'ordinals' --set ordinals.start=1024
wrong 'ordinals' --set ordinals.start=-1
wrong 'worker ID 1024' --set ordinals.start=1015
wrong 'worker ID 1024' --set autoscaling.enabled=false --set ordinals.start=1020 --set replicaCount=5
wrong 'maxReplicas' --set autoscaling.maxReplicas=1025
wrong 'minReplicas' --set autoscaling.minReplicas=0
wrong 'above autoscaling.maxReplicas' --set autoscaling.minReplicas=11
wrong 'an HPA needs' --set autoscaling.targetCPUUtilizationPercentage=null
wrong 'digest' --set image.digest=latest
wrong 'podLabels|propertyName' --set-string 'podLabels.app\.kubernetes\.io/name=other'
wrong 'which the chart sets' --set 'extraEnv[0].name=WORKER_ID' --set-string 'extraEnv[0].value=7'
wrong 'third' --set lease.renewSeconds=21
wrong 'service' --set service.type=LoadBalancer
wrong 'loadBalancer' --set loadBalancer.type=Ingress
wrong 'which the chart sets' --set 'extraEnv[0].name=lease__reserveSeconds' --set-string 'extraEnv[0].value=7'
wrong 'which the chart sets' --set 'extraEnv[0].name=SILO_PORT' --set 'extraEnv[0].value=7'
wrong 'extraEnv' --set 'extraEnv[0].name=1A' --set-string 'extraEnv[0].value=7'
wrong 'extraEnv' --set 'extraEnv[0].name=A' --set 'extraEnv[0].valeu=7'
wrong 'replicaCount is null' --set autoscaling.enabled=false --set replicaCount=null
wrong 'needs Kubernetes 1.27' --set ordinals.start=1 --kube-version 1.26.9
wrong 'kubeVersion|incompatible' --kube-version 1.22.17
wrong 'longer than serviceMonitor.interval' --set serviceMonitor.enabled=true --set serviceMonitor.interval=5s
wrong 'longer than podMonitor.interval' --set podMonitor.enabled=true --set podMonitor.interval=500ms --set podMonitor.scrapeTimeout=1s
wrong '30s at most' --api-versions "$keda" --set serviceMonitor.enabled=true --set serviceMonitor.interval=1m
wrong 'scraped, and its IDs counted, twice' --set serviceMonitor.enabled=true --set podMonitor.enabled=true
wrong 'listens for Orleans' --set service.port=11111
wrong 'begins with a digit' --set fullnameOverride=4ids
wrong 'nodePort needs' --set loadBalancer.nodePort=30080
wrong 'LoadBalancer' --set loadBalancer.loadBalancerClass=x
wrong 'externalTrafficPolicy needs' --set loadBalancer.externalTrafficPolicy=Local
wrong 'ingress.hosts is empty' --set ingress.enabled=true
wrong 'parentRefs is empty' --set httpRoute.enabled=true
wrong 'which is false' --set loadBalancer.enabled=false --set 'ingress.hosts[0].host=x' --set ingress.enabled=true
wrong 'condition' --set enabled=false
wrong 'tag' --set-json image.tag=1.1
wrong 'image.repository is empty' --set image.repository=null
