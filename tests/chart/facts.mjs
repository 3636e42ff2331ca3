// Facts about each rendered set that no schema knows. Prints a line for each: pass or FAIL, a tab, and what.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual as same } from "node:util";
import { parseAllDocuments } from "yaml";

const directory = process.argv[2];
const roleRules = [
  ["coordination.k8s.io", "leases", "get update"],
  ["", "configmaps", "get patch"],
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
const env = () => Object.fromEntries(container().env.map((e) => [e.name, e.value ?? e.valueFrom.fieldRef.fieldPath]));
const matches = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);
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
  "replicas are set only where no autoscaler sets them": () =>
    autoscalers().length === (one("StatefulSet").spec.replicas === undefined ? 1 : 0),
  "an autoscaler names the StatefulSet, and its kind": () =>
    autoscalers().every(({ spec: { scaleTargetRef: target } }) =>
      same(target, { apiVersion: "apps/v1", kind: "StatefulSet", name: one("StatefulSet").metadata.name })),
  "KEDA's query is one sum over this release's pods": () =>
    all("ScaledObject").every(({ spec }) => {
      const pods = `namespace="prod",pod=~"${one("StatefulSet").metadata.name}-[0-9]+"`;
      return spec.triggers[0].metadata.query === `sum(rate(id_generator_ids_generated_total{${pods}}[2m]))`;
    }),
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
    const most = autoscalers()[0]?.spec;
    const pods = spec.replicas ?? most.maxReplicas ?? most.maxReplicaCount;
    return all("Role").every(({ rules: [leases, membership] }) =>
      leases.resourceNames.slice(0, pods).every((name, i) => name === `ids-worker-${first + i}`) &&
      leases.resourceNames.length >= pods && same(membership.resourceNames, ["ids-membership", "ids-membership-alive"]));
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
      env().POD_UID === "metadata.uid" && env().POD_IP === "status.podIP" && env().RELEASE_NAME === "ids";
  },
  "the platform writes none of the service's settings": () => pod().spec.enableServiceLinks === false,
  "the service listens on the ports that the container declares": () => {
    const declared = Object.fromEntries(container().ports.map((p) => [p.name, String(p.containerPort)]));
    return same(declared, { http: env().PORT, silo: env().SILO_PORT, orleans: env().GATEWAY_PORT });
  },
  "the grace period is longer than draining and stopping": () =>
    pod().spec.terminationGracePeriodSeconds >= Number(env().Gateway__DrainSeconds) + 55,
  "probes ask the HTTP port": () =>
    ["startupProbe", "livenessProbe", "readinessProbe"].map((p) => container()[p]).filter(Boolean)
      .every((p) => p.httpGet.port === "http"),
  "Leases and membership are not Helm's": () =>
    all("Lease").length === 0 && all("ConfigMap").every((c) => c.metadata.name.endsWith("-dashboard")),
  "no two objects have one name": () =>
    new Set(objects.map((o) => `${o.kind}/${o.metadata.name}`)).size === objects.length,
  "worker IDs end at 1023": () => {
    const { spec } = one("StatefulSet");
    const most = autoscalers()[0]?.spec;
    return (spec.ordinals?.start ?? 0) + (spec.replicas ?? most.maxReplicas ?? most.maxReplicaCount) <= 1024;
  },
};

const kinds = (...expected) => same(autoscalers().map((o) => o.kind), expected);
const bySet = {
  default: {
    "an HPA scales": () => kinds("HorizontalPodAutoscaler"),
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
    "both metrics": () => one("HorizontalPodAutoscaler").spec.metrics.length === 2,
    "the budget is the given one": () => {
      const { minAvailable, maxUnavailable } = one("PodDisruptionBudget").spec;
      return minAvailable === "50%" && maxUnavailable === undefined;
    },
  },
  keda: {
    "KEDA scales where there is KEDA, else an HPA": () =>
      kinds(cluster === "keda" ? "ScaledObject" : "HorizontalPodAutoscaler"),
    "the threshold is written out": () => all("ScaledObject").every((o) => o.spec.triggers[0].metadata.threshold === "2000000"),
    "KEDA never scales to zero": () => all("ScaledObject").every((o) => o.spec.minReplicaCount === 3),
  },
  observed: {
    "labels select it": () => ["ServiceMonitor", "PrometheusRule"].every((kind) =>
      one(kind).metadata.labels.release === "kube-prometheus-stack"),
    "there are alerts": () => one("PrometheusRule").spec.groups.some((g) => g.rules.length > 0),
    "the dashboard is JSON": () => JSON.parse(Object.values(one("ConfigMap").data)[0]).panels.length > 0,
  },
  "second-cluster": {
    "worker IDs begin at 512": () => one("StatefulSet").spec.ordinals.start === 512,
    "the load balancer is one": () => all("Service").some((s) => s.spec.type === "LoadBalancer"),
  },
  "locked-down": {
    "the digest names the image": () =>
      /^registry\.example\.com:5000\/platform\/id-generator@sha256:[0-9a-f]{64}$/.test(container().image),
    "no account and no role": () => all("ServiceAccount").length + all("Role").length + all("RoleBinding").length === 0,
    "HTTP is for the shop and the test": () => one("NetworkPolicy").spec.ingress[0].from.length === 2,
    "the shop's orders are the only Orleans clients": () => {
      const rules = one("NetworkPolicy").spec.ingress.filter((r) => r.ports.some((p) => p.port === "orleans"));
      return rules.length === 2 && same(rules[1].from.map((peer) => peer.podSelector), [{ matchLabels: { app: "orders" } }]);
    },
  },
  placed: {
    "names are the given one": () => one("StatefulSet").metadata.name === "ids",
    "extra volumes and variables arrive": () =>
      container().volumeMounts[0].name === pod().spec.volumes[0].name && "OTEL_EXPORTER_OTLP_ENDPOINT" in env(),
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
