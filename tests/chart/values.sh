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
wrong 'extraEnv' --set 'extraEnv[0].name=WORKER_ID' --set-string 'extraEnv[0].value=7'
wrong 'third' --set lease.renewSeconds=21
wrong 'counts IDs per second' --api-versions "$keda" --set autoscaling.keda.enabled=true --set-string autoscaling.keda.threshold=5
wrong 'service' --set service.type=LoadBalancer
wrong 'loadBalancer' --set loadBalancer.type=Ingress
