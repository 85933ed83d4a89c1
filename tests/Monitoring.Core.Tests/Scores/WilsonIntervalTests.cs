namespace Monitoring.Core.Tests;

public sealed class WilsonIntervalTests
{
    [Theory]
    [InlineData(4, 0.51)]
    [InlineData(6, 0.61)]
    [InlineData(12, 0.76)]
    [InlineData(24, 0.86)]
    [InlineData(48, 0.926)]
    [InlineData(168, 0.978)]
    public void So_many_tests_without_a_failure_show_so_much(int n, double low)
    {
        var interval = WilsonInterval.Of(1, n);
        Assert.Equal(low, interval.Low, low > 0.9 ? 3 : 2);
        Assert.Equal(n / (n + 3.8414588206941245), interval.Low, 12);
        Assert.Equal(1, interval.High);
    }

    [Fact]
    public void One_failure_in_24_lies_between_80_and_99_percent()
    {
        var (low, high) = WilsonInterval.Of(23 / 24.0, 24);
        Assert.Equal(0.80, low, 2);
        Assert.Equal(0.99, high, 2);
    }

    [Fact]
    public void Nothing_is_known_without_tests() => Assert.Equal((0, 1), WilsonInterval.Of(1, 0));

    [Fact]
    public void The_interval_holds_the_rate_mirrors_it_and_narrows_with_tests()
    {
        for (var n = 1; n <= 200; n++)
        {
            for (var k = 0; k <= n; k++)
            {
                var rate = (double)k / n;
                var (low, high) = WilsonInterval.Of(rate, n);
                Assert.True(low >= 0 && low <= rate && rate <= high && high <= 1);
                var mirrored = WilsonInterval.Of(1 - rate, n);
                Assert.Equal(low, 1 - mirrored.High, 12);
                var more = WilsonInterval.Of(rate, n * 2);
                Assert.True(more.High - more.Low < high - low);
            }
        }
    }
}
