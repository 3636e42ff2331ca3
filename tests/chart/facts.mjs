// Facts about each rendered set that no schema knows. Prints a line for each: pass or FAIL, a tab, and what.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual as same } from "node:util";
import { parseAllDocuments } from "yaml";

const directory = process.argv[2];
const roleRules = [
  ["coordination.k8s.io", "leases", "get update"],
  ["", "configmaps", "get update patch"],
  ["coordination.k8s.io", "leases", "create list"],
  ["", "configmaps", "create"],
  ["apps", "statefulsets", "get"],
  ["rbac.authorization.k8s.io", "roles", "get patch delete"],
  ["rbac.authorization.k8s.io", "rolebindings", "patch delete"],
  ["", "serviceaccounts", "get delete"],
  ["", "events", "create"],
];

let set, objects, cluster;
const all = (kind) => objects.filter((o) => o.kind === kind);
const one = (kind) => all(kind)[0];
const pod = () => one("StatefulSet").spec.template;
const container = () => pod().spec.containers[0];
const env = () => Object.fromEntries(container().env.map((e) => [e.name, e.value ?? e.valueFrom.fieldRef?.fieldPath]));
// The scaler of one's own in the set own-scaler is not in the chart; it may run up to maxReplicas, 8.
const mostPods = () => {
  const most = autoscalers()[0]?.spec ?? { maxReplicas: 8 };
  return one("StatefulSet").spec.replicas ?? most.maxReplicas ?? most.maxReplicaCount;
};
const hasNull = (value) => value === null || typeof value === "object" && Object.values(value).some(hasNull);
const matches = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);
const alerts = () => one("PrometheusRule").spec.groups.flatMap((g) => g.rules).filter((r) => r.alert);
const autoscalers = () => [...all("HorizontalPodAutoscaler"), ...all("ScaledObject")];
const podSelectors = () => [
  one("StatefulSet").spec.selector.matchLabels,
  ...all("Service").map((o) => o.spec.selector),
  ...all("PodDisruptionBudget").map((o) => o.spec.selector.matchLabels),
  ...all("NetworkPolicy").map((o) => o.spec.podSelector.matchLabels),
  ...(pod().spec.topologySpreadConstraints ?? []).map((c) => c.labelSelector.matchLabels),
];

const isRestricted = ({ spec }) =>
  spec.securityContext?.runAsNonRoot === true &&
  spec.securityContext.seccompProfile?.type === "RuntimeDefault" &&
  !spec.hostNetwork && !spec.hostPID && !spec.hostIPC &&
  (spec.volumes ?? []).every((v) => !v.hostPath) &&
  spec.containers.every(({ securityContext: c, ports = [] }) =>
    c.allowPrivilegeEscalation === false && c.readOnlyRootFilesystem === true && !c.privileged &&
    c.runAsUser !== 0 && same(c.capabilities, { drop: ["ALL"] }) && ports.every((p) => !p.hostPort));

const always = {
  "selectors match the pods": () => podSelectors().every((s) => matches(s, pod().metadata.labels)),
  "the test pod is selected by nothing": () =>
    podSelectors().every((s) => !matches(s, one("Pod").metadata.labels)),
  "the ServiceMonitor, if any, selects one Service": () =>
    all("ServiceMonitor").every((m) =>
      all("Service").filter((s) => matches(m.spec.selector.matchLabels, s.metadata.labels)).length === 1),
  "the headless Service governs the StatefulSet": () => {
    const service = all("Service").find((s) => s.metadata.name === one("StatefulSet").spec.serviceName);
    return service.spec.clusterIP === "None";
  },
  "replicas are set only where no autoscaler sets them": () => set === "own-scaler"
    ? autoscalers().length === 0 && !("replicas" in one("StatefulSet").spec)
    : autoscalers().length === ("replicas" in one("StatefulSet").spec ? 0 : 1),
  "an autoscaler names the StatefulSet, and its kind": () =>
    autoscalers().every(({ spec: { scaleTargetRef: target } }) =>
      same(target, { apiVersion: "apps/v1", kind: "StatefulSet", name: one("StatefulSet").metadata.name })),
  "each query of KEDA is one sum over this release's pods": () =>
    all("ScaledObject").every(({ spec }) => {
      const pods = `namespace="prod",pod=~"${one("StatefulSet").metadata.name}-[0-9]+"`;
      return same(spec.triggers.filter((t) => t.type === "prometheus").map((t) => t.metadata.query), [
        `sum(rate(id_generator_sequence_exhausted_total{${pods}}[1m]))`, `sum(rate(id_generator_ids_generated_total{${pods}}[1m]))`]);
    }),
  "no answer from Prometheus is not taken for no load": () => all("ScaledObject").every(({ spec }) =>
    spec.triggers.filter((t) => t.type === "prometheus").every((t) => t.metadata.ignoreNullValues === "false")),
  "an HPA lets KEDA take over": () =>
    all("HorizontalPodAutoscaler").every((h) =>
      h.metadata.annotations["validations.keda.sh/hpa-ownership"] === "false"),
  "the Role, if any, holds the verbs that the service uses, and is bound to the pods": () =>
    all("Role").every((role) => {
      const rules = role.rules.map((r) => [r.apiGroups.join(), r.resources.join(), r.verbs.join(" ")]);
      const { roleRef, subjects } = one("RoleBinding");
      const needed = roleRules.filter(([, resource]) => resource !== "serviceaccounts" || all("ServiceAccount").length > 0);
      return same(rules, needed) && roleRef.name === role.metadata.name &&
        same(subjects, [{ kind: "ServiceAccount", name: pod().spec.serviceAccountName, namespace: "prod" }]);
    }),
  "the Role, if any, names the Lease of every worker ID, and no others": () => {
    const { spec } = one("StatefulSet");
    const first = spec.ordinals?.start ?? 0;
    const identity = env().RELEASE_NAME;
    const pods = mostPods();
    return all("Role").every(({ rules: [leases, membership] }) =>
      leases.resourceNames.slice(0, pods).every((name, i) => name === `${identity}-worker-${first + i}`) &&
      leases.resourceNames.length >= pods && same(membership.resourceNames, [`${identity}-membership`, `${identity}-membership-alive`]));
  },
  "an uninstall leaves to the pods what they need to give their Leases back, and they know its names": () => {
    const rights = [...all("ServiceAccount"), ...all("Role"), ...all("RoleBinding")];
    return rights.every((o) => o.metadata.annotations["helm.sh/resource-policy"] === "keep") &&
      env().Chart__Name === one("Role")?.metadata.name && env().Chart__ServiceAccount === one("ServiceAccount")?.metadata.name &&
      all("Role").every(({ metadata, rules }) => rules.every((r) => ["leases", "configmaps", "events"].includes(r.resources[0]) ||
        same(r.resourceNames, [r.resources[0] === "serviceaccounts" ? one("ServiceAccount").metadata.name : metadata.name])));
  },
  "pods pass the restricted Pod Security Standard": () => [pod(), one("Pod")].every(isRestricted),
  "the environment is complete": () => {
    const names = container().env.map((e) => e.name);
    return new Set(names).size === names.length &&
      env().WORKER_ID === "metadata.labels['apps.kubernetes.io/pod-index']" && env().POD_NAME === "metadata.name" &&
      env().POD_UID === "metadata.uid" && env().POD_IP === "status.podIP" && (set === "placed" || env().RELEASE_NAME === "ids");
  },
  "the platform writes none of the service's settings": () => pod().spec.enableServiceLinks === false,
  "every object says which chart, release and namespace it is of": () => objects.every(({ metadata: { namespace, labels } }) =>
    set === "placed" && labels === undefined || namespace !== undefined && labels["helm.sh/chart"] === "id-generator-1.0.0" &&
      labels["app.kubernetes.io/instance"] === "ids"),
  "labels, annotations and texts are strings, and nothing is null": () => objects.every((o) =>
    [o.metadata, o.spec?.template?.metadata ?? {}].every(({ labels = {}, annotations = {} }) =>
      [...Object.values(labels), ...Object.values(annotations)].every((v) => typeof v === "string")) &&
    !hasNull(o)),
  "Services send requests to the port that the service listens on": () => all("Service").every((s) =>
    s.spec.ports[0].targetPort === "http" && String(s.spec.ports[0].port) === env().PORT),
  "the test asks that port": () => one("Pod").spec.containers[0].args[1].endsWith(`:${env().PORT}`),
  "only the test pod may use HTTP beside those who are named": () => all("NetworkPolicy").every((p) =>
    !p.spec.ingress[0].from || matches(p.spec.ingress[0].from.at(-1).podSelector.matchLabels, one("Pod").metadata.labels)),
  "the service listens on the ports that the container declares": () => {
    const declared = Object.fromEntries(container().ports.map((p) => [p.name, String(p.containerPort)]));
    return same(declared, { http: env().PORT, silo: env().SILO_PORT, orleans: env().GATEWAY_PORT });
  },
  "the grace period is longer than draining and stopping": () =>
    pod().spec.terminationGracePeriodSeconds >= Number(env().Gateway__DrainSeconds) + 55,
  "probes that ask over HTTP ask its port": () =>
    ["startupProbe", "livenessProbe", "readinessProbe"].map((p) => container()[p]).filter(Boolean)
      .every((p) => p.exec || ["http", Number(env().PORT)].includes(p.httpGet.port)),
  "Leases and membership are not Helm's": () =>
    all("Lease").length === 0 && all("ConfigMap").every((c) => /-(dashboard|settings)$/.test(c.metadata.name)),
  "no two objects have one name": () =>
    new Set(objects.map((o) => `${o.kind}/${o.metadata.name}`)).size === objects.length,
  "worker IDs end at 1023": () => {
    const { metadata, spec } = one("StatefulSet");
    const last = (spec.ordinals?.start ?? 0) + mostPods() - 1;
    return last <= 1023 && metadata.annotations["id-generator/last-worker-id"] === String(last);
  },
};

const kinds = (...expected) => same(autoscalers().map((o) => o.kind), expected);
const bySet = {
  default: {
    "KEDA scales where there is KEDA, else an HPA": () =>
      kinds(cluster === "keda" ? "ScaledObject" : "HorizontalPodAutoscaler"),
    "pods run on Linux": () => same(pod().spec.nodeSelector, { "kubernetes.io/os": "linux" }),
    "the registry is that of the repository": () => container().image === "ghcr.io/id-generator/id-generator:1.0.0",
    "one pod at a time may be evicted": () => one("PodDisruptionBudget").spec.maxUnavailable === 1,
    "only own pods reach the silo port": () => {
      const rule = one("NetworkPolicy").spec.ingress.filter((r) => r.ports.some((p) => p.port === "silo"));
      return rule.length === 1 && rule[0].from.length === 1 &&
        matches(rule[0].from[0].podSelector.matchLabels, pod().metadata.labels);
    },
    "pods start in parallel": () => one("StatefulSet").spec.podManagementPolicy === "Parallel",
    "liveness does not depend on the lease": () => container().livenessProbe.httpGet.path === "/health/live",
    "readiness does": () => container().readinessProbe.httpGet.path === "/health/ready",
    "the Role names as many Leases as pods may be": () => one("Role").rules[0].resourceNames.length === 10,
    "no Orleans clients": () => one("NetworkPolicy").spec.ingress.length === 2,
    "no CPU limit": () => !container().resources.limits.cpu,
  },
  "fixed-size": {
    "nothing scales": () => kinds() && one("StatefulSet").spec.replicas === 1,
    "no budget": () => all("PodDisruptionBudget").length === 0,
  },
  hpa: {
    "no KEDA, also where the cluster has it": () => kinds("HorizontalPodAutoscaler"),
    "CPU, memory and the metric of one's own": () =>
      same(one("HorizontalPodAutoscaler").spec.metrics.map((m) => m.type), ["Resource", "Resource", "ContainerResource"]),
    "the budget is the given one": () => {
      const { minAvailable, maxUnavailable } = one("PodDisruptionBudget").spec;
      return minAvailable === "50%" && maxUnavailable === undefined;
    },
  },
  keda: {
    "KEDA scales where there is KEDA, else an HPA": () =>
      kinds(cluster === "keda" ? "ScaledObject" : "HorizontalPodAutoscaler"),
    "exhaustion, the rate of IDs, CPU, and a trigger of one's own": () => all("ScaledObject").every((o) =>
      same(o.spec.triggers.map((t) => [t.type, t.metadata.threshold]),
        [["prometheus", "7.5"], ["prometheus", "2000000"], ["cpu", undefined], ["cron", undefined]])),
    "KEDA says who it is, in both queries": () => all("ScaledObject").every((o) => o.spec.triggers.slice(0, 2).every((t) =>
      t.authenticationRef.name === "prometheus-token" && t.metadata.authModes === "bearer" && t.metadata.unsafeSsl === "false" &&
      t.metadata.namespace === "prod")),
    "polling, cool-down and fallback arrive": () => all("ScaledObject").every(({ spec: o }) =>
      o.pollingInterval === 15 && o.cooldownPeriod === 120 && same(o.fallback, { failureThreshold: 3, replicas: 4 })),
    "KEDA never scales to zero": () => all("ScaledObject").every((o) => o.spec.minReplicaCount === 3),
  },
  observed: {
    "objects for Prometheus and Grafana are where these look": () => ["ServiceMonitor", "PrometheusRule", "ConfigMap"].every((kind) =>
      one(kind).metadata.namespace === "monitoring" && one(kind).metadata.name.startsWith("prod-ids-id-generator")),
    "the ServiceMonitor finds the release from there": () =>
      same(one("ServiceMonitor").spec.namespaceSelector, { matchNames: ["prod"] }),
    "labels select it": () => ["ServiceMonitor", "PrometheusRule"].every((kind) =>
      one(kind).metadata.labels.release === "kube-prometheus-stack"),
    "every selector of an alert is for this release alone": () => alerts().every(({ expr }) =>
      expr.split("{").slice(1).every((s) => s.startsWith('namespace="prod",pod=~"ids-id-generator-[0-9]+"')) &&
      !/(id_generator|process)_[a-z_]+(?![a-z_{])/.test(expr)),
    "an alert is left out, one has another severity, all have the label": () =>
      !alerts().some((r) => r.alert === "IdGeneratorSlow") && alerts().every((r) => r.labels.team === "checkout") &&
      alerts().find((r) => r.alert === "IdGeneratorClockStepped").labels.severity === "info" &&
      alerts().find((r) => r.alert === "IdGeneratorDown").labels.severity === "critical",
    "each alert links to its heading in the runbook": () => alerts().every((r) =>
      r.annotations.runbook_url === `https://runbooks.example.com/ids#${r.alert.toLowerCase()}`),
    "a rule of one's own is added": () => one("PrometheusRule").spec.groups[0].rules.at(-1).record === "ids:rate",
    "the dashboard is JSON, has its uid and begins with this release": () => {
      const dashboard = JSON.parse(Object.values(one("ConfigMap").data)[0]);
      const chosen = Object.fromEntries(dashboard.templating.list.map((v) => [v.name, v.current?.value]));
      return dashboard.panels.length > 0 && dashboard.uid === "ids" && chosen.namespace === "prod" &&
        chosen.release === "ids-id-generator" && one("ConfigMap").metadata.annotations.grafana_folder === "Platform";
    },
  },
  documented: {
    "the documented example means what it says": () => {
      const [scaler] = autoscalers();
      return same(container().resources, { requests: { memory: "128Mi", cpu: "250m" }, limits: { memory: "256Mi", cpu: "1000m" } }) &&
        (scaler.spec.minReplicas ?? scaler.spec.minReplicaCount) === 3 && (scaler.spec.maxReplicas ?? scaler.spec.maxReplicaCount) === 20;
    },
    "KEDA scales where there is KEDA, else an HPA": () =>
      kinds(cluster === "keda" ? "ScaledObject" : "HorizontalPodAutoscaler"),
    "KEDA adds pods above five exhausted milliseconds a second": () => all("ScaledObject").every((o) => {
      const { metadata, metricType } = o.spec.triggers[0];
      return metadata.threshold === "5" && metricType === "AverageValue" && metadata.query.includes("sequence_exhausted_total") &&
        metadata.serverAddress === "http://prometheus-k8s.monitoring.svc.cluster.local";
    }),
  },
  "own-scaler": {
    "an empty minAvailable is none": () => same(one("PodDisruptionBudget").spec.maxUnavailable, 1),
    "the Role has the Leases of all pods that may be": () => one("Role").rules[0].resourceNames.length === 8,
  },
  exposed: {
    "the container listens on port 80, and may": () => container().ports[0].containerPort === 80 && env().PORT === "80" &&
      same(pod().spec.securityContext.sysctls, [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }]),
    "both Services have both address families": () => all("Service").every((s) =>
      s.spec.ipFamilyPolicy === "PreferDualStack" && same(s.spec.ipFamilies, ["IPv6", "IPv4"])),
    "the load balancer is the wanted one": () => {
      const { spec } = all("Service").find((s) => s.metadata.name.endsWith("-lb"));
      return spec.loadBalancerClass === "example.com/internal" && same(spec.loadBalancerSourceRanges, ["10.0.0.0/8"]) &&
        spec.externalTrafficPolicy === "Local" && spec.ports[0].nodePort === 30080;
    },
    "Ingress and HTTPRoute lead to the load-balanced Service": () =>
      one("Ingress").spec.rules.flatMap((r) => r.http.paths).every((p) => p.backend.service.name === "ids-id-generator-lb") &&
      same(one("HTTPRoute").spec.rules[0].backendRefs, [{ name: "ids-id-generator-lb", port: 80 }]),
  },
  "second-cluster": {
    "worker IDs begin at 512": () => one("StatefulSet").spec.ordinals.start === 512,
    "the load balancer is one": () => all("Service").some((s) => s.spec.type === "LoadBalancer"),
    "the ID space is named": () => env().ID_SPACE === "orders",
    "others can see up to which worker ID it goes": () =>
      one("StatefulSet").metadata.annotations["id-generator/last-worker-id"] === "1023",
  },
  "locked-down": {
    "the digest names the image": () =>
      /^registry\.example\.com:5000\/platform\/id-generator@sha256:[0-9a-f]{64}$/.test(container().image),
    "no account and no role": () => all("ServiceAccount").length + all("Role").length + all("RoleBinding").length === 0,
    "all pods use the pull secrets, each once": () => [pod().spec, one("Pod").spec].every((spec) =>
      same(spec.imagePullSecrets, [{ name: "pull" }, { name: "registry" }])),
    "HTTP is for the shop, for scrapers and the test": () => one("NetworkPolicy").spec.ingress[0].from.length === 3,
    "pods may reach the API server and each other": () => same(one("NetworkPolicy").spec.policyTypes, ["Ingress", "Egress"]) &&
      matches(one("NetworkPolicy").spec.egress[1].to[0].podSelector.matchLabels, pod().metadata.labels),
    "the shop's orders are the only Orleans clients": () => {
      const rules = one("NetworkPolicy").spec.ingress.filter((r) => r.ports.some((p) => p.port === "orleans"));
      return rules.length === 2 && same(rules[1].from.map((peer) => peer.podSelector), [{ matchLabels: { app: "orders" } }]);
    },
  },
  placed: {
    "names are the given one": () => one("StatefulSet").metadata.name === "ids",
    "extra volumes and variables arrive": () =>
      container().volumeMounts[0].name === pod().spec.volumes[0].name && "OTEL_EXPORTER_OTLP_ENDPOINT" in env(),
    "common labels and annotations are on every object and pod": () => [...objects, pod()].filter((o) => o.metadata.labels)
      .every(({ metadata: { labels, annotations } }) => labels["cost-center"] === "4711" && annotations["example.com/owner"] === "checkout" &&
        labels.team === (labels["app.kubernetes.io/managed-by"] ? "checkout" : "platform")),
    "the test pod has the pods' annotations, place and priority": () => {
      const { metadata, spec } = one("Pod");
      return metadata.annotations["sidecar.istio.io/inject"] === "false" && ["priorityClassName", "runtimeClassName", "schedulerName",
        "nodeSelector", "tolerations", "hostAliases", "dnsConfig"].every((f) => spec[f] && same(spec[f], pod().spec[f]));
    },
    "numbers become text": () => container().image.endsWith(":20260101") && env().Gateway__MaxBulkRequests === "16" &&
      pod().metadata.annotations["prometheus.io/port"] === "8080",
    "Leases are kept under the given name": () => env().RELEASE_NAME === "prod-ids" &&
      one("Role").rules[0].resourceNames[0] === "prod-ids-worker-0" && one("Role").rules[1].resourceNames[0] === "prod-ids-membership",
    "containers beside the service arrive": () => pod().spec.containers[1].name === "proxy" && pod().spec.initContainers.length === 1,
    "another handler takes the place of httpGet": () => container().readinessProbe.exec && !container().readinessProbe.httpGet,
    "the update strategy arrives": () => one("StatefulSet").spec.updateStrategy.rollingUpdate.partition === 2 &&
      one("StatefulSet").spec.revisionHistoryLimit === 3,
    "a PodMonitor selects the pods": () => matches(one("PodMonitor").spec.selector.matchLabels, pod().metadata.labels),
    "an object of one's own is rendered": () => one("ConfigMap").metadata.name === "ids-settings",
    "a disabled probe is left out": () => !container().startupProbe && container().livenessProbe !== undefined,
  },
  "replaced-chart": {
    "its values still say the same": () =>
      container().image === "registry.example.com/id-generator:1.2.3" &&
      container().livenessProbe.httpGet.path === "/health" && container().securityContext.runAsUser === 1000 &&
      one("PodDisruptionBudget").spec.minAvailable === 1 && container().resources.limits.cpu === "1" &&
      all("Service").some((s) => s.metadata.name === "ids-id-generator-lb" && s.spec.type === "NodePort"),
    "a Service's clients find it": () =>
      same(all("Service").map((s) => s.metadata.name).sort(), ["ids-id-generator", "ids-id-generator-lb"]),
  },
};

const failures = [];
for (const file of readdirSync(directory).filter((f) => f.endsWith(".helm3.yaml"))) {
  [set, cluster] = file.split(".");
  objects = parseAllDocuments(readFileSync(join(directory, file), "utf8")).map((d) => d.toJS()).filter(Boolean);
  if (!bySet[set]) failures.push(`${set}: nothing is expected of it in facts.mjs`);
  for (const [name, holds] of Object.entries({ ...always, ...bySet[set] })) {
    let result = false, why = "";
    try { result = holds() === true; } catch (e) { why = ` (${e.message})`; }
    console.log(`${result ? "pass" : "FAIL"}\t${set}, ${cluster} cluster: ${name}${why}`);
  }
}
for (const set of failures) console.log(`FAIL\t${set}`);
