using Monitoring.Storage.Postgres;
using Monitoring.Storage.Migrations;

namespace Monitoring.Storage.Tests.Postgres;

public sealed class PostgresUrlTests
{
    [Theory]
    [InlineData("postgres://db.example/monitoring", "postgres://db.example:5432/monitoring", false)]
    [InlineData("postgresql://me:p%40ss@db.example:6543/mon%20itor?sslmode=verify-full", "postgres://db.example:6543/mon itor", true)]
    [InlineData(" postgres://me@[2001:db8::1]/d ", "postgres://2001:db8::1:5432/d", false)]
    [InlineData("postgres:///d?host=/run/postgresql", "postgres:///run/postgresql:5432/d", false)]
    [InlineData("postgres://a/d?target_session_attrs=read-write", "postgres://a:5432/d", false)]
    public void An_address_is_read_and_shown_without_its_password(string text, string shown, bool hasPassword)
    {
        Assert.True(PostgresUrl.TryParse(text, out var url, out var problem), problem);
        Assert.Equal((shown, hasPassword), (url!.Display, url.HasPassword));
        Assert.Equal(shown, url.ToString());
    }

    [Theory]
    [InlineData(null, "not of the form")]
    [InlineData("", "not of the form")]
    [InlineData("db.example", "not of the form")]
    [InlineData("mysql://h3cret@db/x", "not of the form")]
    [InlineData("postgres://h3cret@db", "names no database")]
    [InlineData("postgres:///d", "names no host")]
    [InlineData("postgres://a:h3cret@db/x?sslmode=maybe", "a part of it")]
    [InlineData("postgres://a:h3cret@db/x?ssl=true", "'ssl' is not a setting")]
    [InlineData("postgres://a:h3cret@db/x?connect_timeout=soon", "a part of it")]
    public void What_is_no_address_is_told_without_repeating_it(string? text, string why)
    {
        Assert.False(PostgresUrl.TryParse(text, out _, out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("h3cret", problem, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => PostgresUrl.Parse(text!));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_in_words_that_do_not_hold_it()
    {
        var database = await Database.CreateAsync();
        var wrong = database.Url.WithPassword("wr0ng-h3cret");
        var e = await Assert.ThrowsAnyAsync<IOException>(() => new Migrator(wrong, MigrationSource.Results).LookAsync(TestContext.Current.CancellationToken));
        Assert.Contains("28P01", e.Message, StringComparison.Ordinal);
        Assert.Contains(database.Url.Display, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("h3cret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_who_listens_is_told_by_host_and_port()
    {
        var url = PostgresUrl.Parse("postgres://monitor:h3cret@127.0.0.1:1/d");
        var e = await Assert.ThrowsAnyAsync<IOException>(() => PostgresResultStore.OpenAsync(url, new PostgresRetention(), TimeProvider.System, null, TestContext.Current.CancellationToken));
        Assert.Contains("postgres://127.0.0.1:1/d", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("h3cret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_library_of_Kerberos_is_looked_for()
    {
        Assert.True(PostgresUrl.TryParse("postgres://me@db.example/d", out var url, out _));
        Assert.Contains("GSS Encryption Mode=Disable", url!.ForPool(3), StringComparison.OrdinalIgnoreCase);
    }
}
