namespace Monitoring.Standalone.Tests.Deployment;

public sealed class Wrong_values_are_refused
{
    private const string Hub = "hub-values.yaml";
    private const string Silo = "region-silo-values.yaml";
    private const string Https = "region-https-values.yaml";

    [Theory]
    [InlineData(Hub, "replicas=3", "Additional property replicas is not allowed")]
    [InlineData(Hub, "image.repositry=x", "Additional property repositry is not allowed")]
    [InlineData(Hub, "role=gateway", "role")]
    [InlineData(Hub, "role=", "role")]
    [InlineData(Hub, "image.repository=", "image.repository")]
    [InlineData(Hub, "image.tag=latest", "image.tag")]
    [InlineData(Hub, "image.digest=sha256:12", "image.digest")]
    [InlineData(Hub, "replicaCount=0", "replicaCount")]
    [InlineData(Hub, "replicaCount=two", "replicaCount")]
    [InlineData(Hub, "cluster.id=a b", "cluster.id")]
    [InlineData(Hub, "cluster.siloPort=70000", "cluster.siloPort")]
    [InlineData(Hub, "cluster.regions={fra}", "cluster.regions")]
    [InlineData(Hub, "cluster.regions={GLOBAL}", "cluster.regions")]
    [InlineData(Hub, "cluster.regions={FRA,FRA}", "cluster.regions")]
    [InlineData(Hub, "cluster.regions=null", "cluster.regions: the codes of the regions are expected")]
    [InlineData(Hub, "database.existingSecret=", "database.existingSecret: the name of the Secret")]
    [InlineData(Hub, "database.password=hunter2", "Additional property password is not allowed")]
    [InlineData(Hub, "chain.existingSecret=", "chain.existingSecret: a hub must know its orchestrators")]
    [InlineData(Hub, "wallet.existingSecret=w", "wallet.existingSecret: the hub holds no wallet")]
    [InlineData(Hub, "config.Store.Password=hunter2", "Additional property Password is not allowed")]
    [InlineData(Hub, "config.Wallet.Key=aa", "Additional property Wallet is not allowed")]
    [InlineData(Hub, "config.Cluster.Id=x", "Additional property Cluster is not allowed")]
    [InlineData(Hub, "config.Post.Secret=hunter2", "config.Post.Secret: a secret does not belong into values")]
    [InlineData(Hub, "config.Post.Secrets.FRA=hunter2", "config.Post.Secrets: a secret does not belong into values")]
    [InlineData(Hub, "config.Source.secret=hunter2", "config.Source.secret: a secret does not belong into values")]
    [InlineData(Hub, "config.Alerts.Channels.pager.Key=hunter2", "config.Alerts.Channels.pager.Key: a secret does not belong into values")]
    [InlineData(Hub, "config.Source.Password=hunter2", "config.Source.Password: a secret does not belong into values")]
    [InlineData(Hub, "config.Alerts.Channels.tg.Token=hunter2", "config.Alerts.Channels.tg.Token: a secret does not belong into values")]
    [InlineData(Hub, "config.Alerts.Channels.chat.Url=https://hooks.example/hunter2", "config.Alerts.Channels.chat.Url: the address of a channel is a secret")]
    [InlineData(Hub, "config.Chain.Endpoint=https://me:hunter2@rpc.example", "config.Chain.Endpoint: the address holds a password")]
    [InlineData(Hub, "extraEnv[0].name=MONITOR_Post__Secret,extraEnv[0].value=hunter2", "extraEnv: MONITOR_Post__Secret would stand in the manifest")]
    [InlineData(Hub, "extraEnv[0].name=PGPASSWORD,extraEnv[0].value=hunter2", "extraEnv: PGPASSWORD would stand in the manifest")]
    [InlineData(Hub, "extraEnv[0].name=A", "extraEnv")]
    [InlineData(Hub, "networkPolicy.databaseTo=null", "networkPolicy.databaseTo: where PostgreSQL is")]
    [InlineData(Hub, "ingress.enabled=true", "ingress")]
    [InlineData(Hub, "ingress.paths={/metrics}", "ingress.paths")]
    [InlineData(Hub, "resources.limit.memory=1Gi", "Additional property limit is not allowed")]
    [InlineData(Silo, "region.id=", "region.id")]
    [InlineData(Silo, "region.id=fra", "region.id")]
    [InlineData(Silo, "region.id=NYC", "cluster.regions: NYC is not among them")]
    [InlineData(Silo, "region.controls={https://a.example/clip}", "region.controls: at least two outside hosts")]
    [InlineData(Silo, "region.attach=pigeon", "region.attach")]
    [InlineData(Silo, "region.persistence.size=big", "region.persistence.size")]
    [InlineData(Silo, "config.Hub.Regions={SYD}", "config")]
    [InlineData(Silo, "config.Schedule.TestsPerDay=8", "config")]
    [InlineData(Https, "config.Store.RetentionDays=40", "config")]
    [InlineData(Hub, "config.Region.SpoolItems=10", "config")]
    [InlineData(Silo, "wallet.passwordKey=", "wallet.keyFileKey")]
    [InlineData(Silo, "wallet.keyFileKey=key", "wallet.keystoreKey: wallet.keyFileKey is set as well")]
    [InlineData(Silo, "database.existingSecret=", "database.existingSecret")]
    [InlineData(Https, "region.hub=", "region.hub: the hub's URL is expected")]
    [InlineData(Https, "region.hub=http://hub.example", "region.hub")]
    [InlineData(Https, "region.key.existingSecret=", "region.key.existingSecret")]
    [InlineData(Https, "region.hubPin=abc", "region.hubPin")]
    public async Task With_the_value_and_what_is_wrong_with_it(string example, string setting, string why)
    {
        var chart = await Rendered.ChartAsync();
        var (code, said) = await chart.RenderAsync(example, setting);
        Assert.True(code != 0, $"'{setting}' was taken.");
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Hub, "config.Post.SecretFile=/run/secrets/monitoring/post")]
    [InlineData(Hub, "config.Alerts.Channels.chat.UrlFile=/run/secrets/monitoring/chat")]
    [InlineData(Hub, "extraEnv[0].name=OTEL_SERVICE_NAME,extraEnv[0].value=hub")]
    [InlineData(Hub, "networkPolicy.enabled=false,networkPolicy.databaseTo=null")]
    [InlineData(Silo, "region.controls=null,config.Source.AllowLoopback=true")]
    [InlineData(Silo, "wallet.keystoreKey=,wallet.passwordKey=,wallet.keyFileKey=key")]
    public async Task And_their_right_neighbours_are_taken(string example, string setting) => Assert.NotEmpty((await Rendered.OfAsync(example, setting)).Objects);
}
