using System.Text.Json.Nodes;
using k8s;
using Monitoring.Standalone.Configuration;
using Monitoring.Testing.Helm;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Deployment;

public sealed class The_chart_is_well_made
{
    public static TheoryData<string> Examples => [.. HelmChart.Examples];

    [Fact]
    public void It_is_tried_as_a_hub_and_as_both_kinds_of_region() =>
        Assert.Equal(["hub-full-values.yaml", "hub-values.yaml", "region-https-values.yaml", "region-silo-values.yaml"], HelmChart.Examples);

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Helm_finds_nothing_wrong(string example)
    {
        var (code, said) = await (await Rendered.ChartAsync()).LintAsync(example);
        Assert.True(code == 0 && said.Contains("0 chart(s) failed", StringComparison.Ordinal), said);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_word_is_one_that_Kubernetes_knows(string example)
    {
        var chart = await Rendered.OfAsync(example);
        var own = chart.Objects.Where(o => !((string)o["apiVersion"]!).StartsWith("monitoring.coreos.com/", StringComparison.Ordinal)).ToArray();
        Assert.True(own.Length >= 8);
        foreach (var o in own)
        {
            // JSON is YAML; a word that the type of this kind has not is an error.
            var typed = Assert.Single(KubernetesYaml.LoadAllFromString(o.ToJsonString(), null, strict: true));
            Assert.EndsWith((string)o["kind"]!, typed.GetType().Name, StringComparison.Ordinal);
            Assert.Matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RenderedChart.Name(o));
            Assert.True(o.ToJsonString().Length < 1_000_000, $"{RenderedChart.Name(o)} is too large for Kubernetes.");
        }

        Assert.Equal(chart.Objects.Count, chart.Objects.Select(o => $"{o["kind"]}/{RenderedChart.Name(o)}").Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task No_manifest_holds_a_secret(string example)
    {
        var chart = await Rendered.OfAsync(example);
        Assert.DoesNotContain(chart.Objects, o => RenderedChart.Is(o, "Secret"));
        foreach (var (_, spec, _) in chart.Pods)
        {
            foreach (var variable in Containers(spec).SelectMany(c => c["env"]?.AsArray() ?? []))
            {
                if (System.Text.RegularExpressions.Regex.IsMatch((string)variable!["name"]!, "(?i)(secret|password|token|key|rpcurls)$"))
                    Assert.NotNull(variable["valueFrom"]?["secretKeyRef"]);
            }

            foreach (var secret in spec["volumes"]!.AsArray().Select(v => v!["secret"]).OfType<JsonObject>())
                Assert.True((string)secret["secretName"]! == "hub-ca" || (long)secret["defaultMode"]! == 0x100, "Others could read it.");
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Nobody_is_root_and_nobody_has_a_token(string example)
    {
        var chart = await Rendered.OfAsync(example);
        Assert.True(chart.Pods.Count() >= 2);
        foreach (var (owner, spec, _) in chart.Pods)
        {
            var name = RenderedChart.Name(owner);
            Assert.True((bool)spec["securityContext"]!["runAsNonRoot"]!, name);
            Assert.Equal(1654, (long)spec["securityContext"]!["runAsUser"]!);
            Assert.Equal("RuntimeDefault", (string)spec["securityContext"]!["seccompProfile"]!["type"]!);
            Assert.False((bool)spec["automountServiceAccountToken"]!, name);
            Assert.False((bool)spec["enableServiceLinks"]!, name);
            foreach (var container in Containers(spec))
            {
                var context = container["securityContext"]!;
                Assert.True((bool)context["readOnlyRootFilesystem"]!, name);
                Assert.False((bool)context["allowPrivilegeEscalation"]!, name);
                Assert.Equal(["ALL"], context["capabilities"]!["drop"]!.AsArray().Select(c => (string)c!));
                Assert.Null(context["capabilities"]!["add"]);
                Assert.Null(container["resources"]!["limits"]!["cpu"]);
                Assert.NotNull(container["resources"]!["limits"]!["memory"]);
            }
        }

        Assert.False((bool)chart.One("ServiceAccount")["automountServiceAccountToken"]!);
        Assert.DoesNotContain(chart.Objects, o => ((string)o["kind"]!).Contains("Role", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hub-values.yaml", "/startupz")]
    [InlineData("hub-full-values.yaml", "/startupz")]
    [InlineData("region-silo-values.yaml", "/startupz")]
    [InlineData("region-https-values.yaml", "/livez")]
    public async Task A_database_that_is_down_restarts_nobody(string example, string startup)
    {
        var container = (await Rendered.OfAsync(example)).Container;
        Assert.Equal("/livez", Path("livenessProbe"));
        Assert.Equal("/readyz", Path("readinessProbe"));
        Assert.Equal(startup, Path("startupProbe"));
        Assert.True((long)container["startupProbe"]!["periodSeconds"]! * (long)container["startupProbe"]!["failureThreshold"]! >= 300);
        Assert.Contains(container["ports"]!.AsArray(), p => (string)p!["name"]! == "http" && (long)p["containerPort"]! == 8080);

        string Path(string probe)
        {
            Assert.Equal("http", (string)container[probe]!["httpGet"]!["port"]!);
            return (string)container[probe]!["httpGet"]!["path"]!;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task One_is_taken_away_at_a_time_and_has_time_to_go(string example)
    {
        var chart = await Rendered.OfAsync(example);
        var budget = chart.One("PodDisruptionBudget")["spec"]!;
        Assert.Equal(1, (long)budget["maxUnavailable"]!);
        Assert.Null(budget["minAvailable"]);
        Assert.True(Matches((JsonObject)budget["selector"]!["matchLabels"]!, chart.Pods.Single(p => p.Owner == chart.Workload).Labels));
        Assert.DoesNotContain(chart.Pods.Where(p => p.Owner != chart.Workload), p => Matches((JsonObject)budget["selector"]!["matchLabels"]!, p.Labels));

        var spec = chart.Workload["spec"]!["template"]!["spec"]!;
        Assert.Equal(150, (long)spec["terminationGracePeriodSeconds"]!);
        Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"], spec["topologySpreadConstraints"]!.AsArray().Select(c => (string)c!["topologyKey"]!).Order(StringComparer.Ordinal));
        Assert.Equal(30, (long)chart.Workload["spec"]!["minReadySeconds"]!);
        if (example.StartsWith("hub", StringComparison.Ordinal))
        {
            var rolling = chart.One("Deployment")["spec"]!["strategy"]!["rollingUpdate"]!;
            Assert.Equal((0, 1), ((long)rolling["maxUnavailable"]!, (long)rolling["maxSurge"]!));
        }
        else
        {
            var set = chart.One("StatefulSet")["spec"]!;
            Assert.Equal(1, (long)set["replicas"]!);
            Assert.Equal("Retain", (string)set["persistentVolumeClaimRetentionPolicy"]!["whenDeleted"]!);
            var claim = Assert.Single(set["volumeClaimTemplates"]!.AsArray())!;
            Assert.Contains(chart.Container["volumeMounts"]!.AsArray(), m => (string)m!["name"]! == (string)claim["metadata"]!["name"]! && (string)m["mountPath"]! == Variable(chart, "MONITOR_Data"));
        }
    }

    [Theory]
    [InlineData("hub-values.yaml", "hub")]
    [InlineData("region-silo-values.yaml", "region")]
    public async Task A_silo_says_by_which_address_it_is_dialled_and_nothing_stands_in_front_of_it(string example, string verb)
    {
        var chart = await Rendered.OfAsync(example);
        var address = chart.Container["env"]!.AsArray().Single(v => (string)v!["name"]! == "MONITOR_Cluster__Address")!;
        Assert.Equal("status.podIP", (string)address["valueFrom"]!["fieldRef"]!["fieldPath"]!);
        Assert.Equal([verb, "--config", "/etc/monitoring/monitor.json"], chart.Container["args"]!.AsArray().Select(a => (string)a!));
        Assert.Contains(chart.Container["ports"]!.AsArray(), p => (long)p!["containerPort"]! == 11111);
        Assert.All(chart.Objects.Where(o => RenderedChart.Is(o, "Service")), s => Assert.Equal([8080], s["spec"]!["ports"]!.AsArray().Select(p => (long)p!["port"]!)));
    }

    [Fact]
    public async Task A_region_over_https_knows_no_database_and_no_silo()
    {
        var chart = await Rendered.OfAsync("region-https-values.yaml");
        foreach (var word in new[] { "11111", "silo", "database", "5432", "Cluster" }) Assert.DoesNotContain(word, chart.Container.ToJsonString() + chart.Policy.ToJsonString() + chart.Settings, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(chart.Objects, o => RenderedChart.Is(o, "Job"));
    }

    [Fact]
    public async Task The_settings_of_a_region_over_https_are_read_without_a_problem()
    {
        var chart = await Rendered.OfAsync("region-https-values.yaml");
        var parsed = Parse(chart.Settings);
        Assert.Empty(parsed.Problems);
        Assert.Equal(new Uri("https://board.example.org"), parsed.Options.Hub);
        Assert.Equal("/data", parsed.Options.Data);
        Assert.Equal(2, parsed.Options.Controls.Length);

        // And a key that nobody knows would have been found.
        Assert.NotEmpty(Parse(chart.Settings.Replace("\"Workers\"", "\"Wrokers\"", StringComparison.Ordinal)).Problems);

        ParsedRegion Parse(string settings)
        {
            using var scratch = new Monitoring.Testing.Scratch();
            File.WriteAllText(scratch.At(ConfigurationLayers.DefaultFile), settings);
            var environment = chart.Container["env"]!.AsArray().Select(v => new KeyValuePair<string, string?>((string)v!["name"]!, (string?)v["value"] ?? "https://rpc.example.org"));
            using var layers = ConfigurationLayers.Read(null, scratch.Path, environment, []);
            return RegionProcessParser.Parse(layers);
        }
    }

    [Theory]
    [InlineData("hub-values.yaml")]
    [InlineData("hub-full-values.yaml")]
    public async Task Tables_are_made_before_anything_else_and_with_nothing_else(string example)
    {
        var chart = await Rendered.OfAsync(example);
        var job = chart.One("Job");
        Assert.Equal("pre-install,pre-upgrade", (string)job["metadata"]!["annotations"]!["helm.sh/hook"]!);
        var spec = job["spec"]!["template"]!["spec"]!;
        Assert.Equal(["migrate"], spec["containers"]!.AsArray().Single()!["args"]!.AsArray().Select(a => (string)a!));

        // A hook comes before the release's own objects, so the pod could wait for none of them.
        Assert.Null(spec["serviceAccountName"]);
        Assert.DoesNotContain(spec["volumes"]!.AsArray(), v => v!["configMap"] is not null);
        Assert.Equal("false", JsonNode.Parse(chart.Settings)!["Store"]!["Migrate"]!.ToJsonString());
        Assert.Equal((string)chart.Container["image"]!, (string)spec["containers"]!.AsArray().Single()!["image"]!);
    }

    [Fact]
    public async Task The_chart_tests_itself_through_its_service()
    {
        foreach (var example in HelmChart.Examples)
        {
            var chart = await Rendered.OfAsync(example);
            var test = chart.One("Pod");
            Assert.Equal("test", (string)test["metadata"]!["annotations"]!["helm.sh/hook"]!);
            Assert.Equal(
                ["healthcheck", "--url", $"http://{RenderedChart.Name(chart.One("Service"))}:8080/readyz"],
                test["spec"]!["containers"]!.AsArray().Single()!["args"]!.AsArray().Select(a => (string)a!));
        }
    }

    [Fact]
    public async Task Rules_and_dashboards_are_those_of_the_repository()
    {
        var chart = await Rendered.OfAsync("hub-full-values.yaml");
        var rules = chart.Objects.Where(o => RenderedChart.Is(o, "PrometheusRule")).ToDictionary(RenderedChart.Name, o => o["spec"]!.ToJsonString());
        var files = Directory.GetFiles(System.IO.Path.Combine(HelmChart.Folder, "rules"), "*.yaml");
        Assert.Equal(files.Length, rules.Count);
        foreach (var file in files)
            Assert.Equal(YamlText.Read(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Single().ToJsonString(), rules[$"rel-monitoring-{System.IO.Path.GetFileNameWithoutExtension(file)}"]);

        var boards = (JsonObject)chart.Objects.Single(o => RenderedChart.Is(o, "ConfigMap") && RenderedChart.Name(o).EndsWith("-dashboards", StringComparison.Ordinal))["data"]!;
        var shipped = Directory.GetFiles(System.IO.Path.Combine(HelmChart.Folder, "dashboards"), "*.json");
        Assert.Equal(shipped.Length, boards.Count);
        foreach (var file in shipped)
            Assert.Equal(JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!.ToJsonString(), JsonNode.Parse((string)boards[System.IO.Path.GetFileName(file)]!)!.ToJsonString());

        // The rules speak of one job, and every process is scraped under it.
        var relabelling = Assert.Single(chart.One("ServiceMonitor")["spec"]!["endpoints"]!.AsArray().Single()!["relabelings"]!.AsArray())!;
        Assert.Equal(("job", "livepeer-monitoring"), ((string)relabelling["targetLabel"]!, (string)relabelling["replacement"]!));
    }

    [Fact]
    public async Task What_needs_the_operator_of_Prometheus_is_off_until_it_is_asked_for()
    {
        var chart = await Rendered.OfAsync("hub-values.yaml");
        Assert.DoesNotContain(chart.Objects, o => ((string)o["apiVersion"]!).Contains("coreos", StringComparison.Ordinal));
        Assert.DoesNotContain(chart.Objects, o => RenderedChart.Is(o, "Ingress"));
    }

    [Fact]
    public async Task The_way_in_leads_past_the_metrics()
    {
        var paths = (await Rendered.OfAsync("hub-full-values.yaml")).One("Ingress")["spec"]!["rules"]!.AsArray().Single()!["http"]!["paths"]!.AsArray()
            .Select(p => ((string)p!["path"]!, (string)p["pathType"]!)).ToArray();
        Assert.Contains(("/", "Exact"), paths);
        foreach (var asked in new[] { "/api/aggregated_stats", "/api/v1/orchestrators", "/orchestrators/0xaa", "/runbooks/OrchestratorDown.md", Monitoring.Probing.HubWire.Lease }) Assert.True(IsOpen(asked), asked);
        foreach (var asked in new[] { "/metrics", "/startupz", "/livez" }) Assert.False(IsOpen(asked), asked);

        bool IsOpen(string asked) => paths.Any(p => p.Item2 == "Exact" ? asked == p.Item1 : asked == p.Item1 || asked.StartsWith(p.Item1 + "/", StringComparison.Ordinal));
    }

    private static IEnumerable<JsonNode> Containers(JsonObject spec) => spec["containers"]!.AsArray().Select(c => c!);

    private static string? Variable(RenderedChart chart, string name) => (string?)chart.Container["env"]!.AsArray().SingleOrDefault(v => (string)v!["name"]! == name)?["value"];

    private static bool Matches(JsonObject selector, JsonObject labels) => selector.All(s => (string?)labels[s.Key] == (string)s.Value!);
}
