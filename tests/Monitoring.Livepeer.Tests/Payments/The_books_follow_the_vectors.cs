using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Livepeer.Tests;

/// <summary>Vectors estimate-fee, validate-price, validate-price-text, rat-price, stage-update, balance-update, balance-complete, balance-error, debit-fees, fee-walkthrough.</summary>
public sealed class The_books_follow_the_vectors
{
    [Fact]
    public void A_fee_is_estimated_with_a_margin_that_is_exactly_the_double()
    {
        var vector = Fixture.Vector("estimate-fee");
        Assert.Equal(Rational.Parse(vector.GetProperty("multiplier_1_02_exact").GetString()!), Fees.EstimateMargin);
        var compared = 0;
        foreach (var item in vector.GetProperty("cases").EnumerateArray())
        {
            if (!item.GetProperty("input").TryGetProperty("profiles", out var profiles)) continue; // no price, no resolution text: our types have neither
            var duration = TimeSpan.FromSeconds(item.GetProperty("input").GetProperty("durationSeconds").GetDouble());
            var pixels = profiles.EnumerateArray().Aggregate(BigInteger.Zero, (sum, profile) => sum + Fees.EstimatePixels(
                profile.GetProperty("width").GetInt32(), profile.GetProperty("height").GetInt32(), profile.GetProperty("fps").GetInt32(), profile.GetProperty("fpsDen").GetInt32(), duration));
            Assert.Equal(item.GetProperty("expect").GetProperty("pixels").GetInt64(), pixels);
            var fee = Fees.Estimate(pixels, Rational.Parse(item.GetProperty("input").GetProperty("pricePerPixel").GetString()!));
            Assert.Equal(item.GetProperty("expect").GetProperty("fee_exact").GetString(), fee.ToString());
            compared++;
        }

        Assert.Equal(6, compared);
    }

    [Fact]
    public void A_price_may_double_and_not_more()
    {
        foreach (var item in Fixture.Vector("validate-price").GetProperty("cases").EnumerateArray())
        {
            var (price, readable, problem) = ReadPrice(item.GetProperty("current"));
            if (readable)
            {
                Rational? initial = item.TryGetProperty("initial", out var text) && text.ValueKind == JsonValueKind.String ? Rational.Parse(text.GetString()!) : null;
                problem = PriceGuard.Problem(price, initial);
            }

            Assert.Equal(item.GetProperty("ok").GetBoolean(), problem.Length == 0);
            if (item.TryGetProperty("error", out var error)) Assert.Equal(error.GetString(), problem);
            if (item.TryGetProperty("error_contains", out var part)) Assert.Contains(part.GetString()!, problem, StringComparison.Ordinal);
        }

        var vector = Fixture.Vector("validate-price-text");
        Assert.Equal(
            vector.GetProperty("expect").GetProperty("error").GetString(),
            PriceGuard.Problem(Rational.Parse(vector.GetProperty("input").GetProperty("current").GetString()!), Rational.Parse(vector.GetProperty("input").GetProperty("initial").GetString()!)));
    }

    [Fact]
    public void A_price_is_a_fraction_of_what_came()
    {
        foreach (var item in Fixture.Vector("rat-price").GetProperty("cases").EnumerateArray())
        {
            var input = item.GetProperty("input");
            var wire = input.ValueKind == JsonValueKind.Null
                ? null
                : new Wire.PriceInfo { PricePerUnit = input.GetProperty("pricePerUnit").GetInt64(), PixelsPerUnit = input.GetProperty("pixelsPerUnit").GetInt64() };
            var readable = PriceGuard.TryRead(wire, out var price, out var problem);
            if (item.TryGetProperty("expect_error", out var error)) Assert.Equal(error.GetString(), problem);
            else Assert.Equal(item.GetProperty("expect").GetString(), readable ? price.ToString() : null);
        }
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, -1)]
    [InlineData(long.MinValue, long.MinValue)]
    public void A_negative_price_is_none(long wei, long pixels) =>
        Assert.False(PriceGuard.TryRead(new Wire.PriceInfo { PricePerUnit = wei, PixelsPerUnit = pixels }, out _, out _));

    [Fact]
    public void Credit_is_staged()
    {
        foreach (var item in Fixture.Vector("stage-update").GetProperty("cases").EnumerateArray())
        {
            var input = item.GetProperty("input");
            var staged = Credit.Stage(Rational.Parse(input.GetProperty("existing").GetString()!), Nullable(input, "minCredit"), Nullable(input, "ev"));
            var expect = item.GetProperty("expect");
            Assert.Equal(expect.GetProperty("tickets").GetInt32(), staged.Tickets);
            Assert.Equal(Rational.Parse(expect.GetProperty("newCredit").GetString()!), staged.New);
            Assert.Equal(Rational.Parse(expect.GetProperty("existingCredit").GetString()!), staged.Existing);
        }
    }

    [Fact]
    public void At_least_one_ticket_is_staged_for()
    {
        foreach (var item in Fixture.Vector("balance-update").GetProperty("cases").EnumerateArray())
        {
            var ev = Nullable(item, "ev");
            var staged = Credit.Stage(Rational.Zero, Nullable(item, "minCredit"), ev);
            var wanted = Nullable(item, "staged_with");
            Assert.Equal(wanted is { } least ? (least / ev!.Value).Ceiling() : BigInteger.Zero, staged.Tickets);
        }
    }

    [Fact]
    public void What_a_segment_did_not_use_comes_back()
    {
        var vector = Fixture.Vector("balance-complete");
        var price = Rational.Parse(vector.GetProperty("price").GetString()!);
        foreach (var item in vector.GetProperty("cases").EnumerateArray())
        {
            var staged = new StagedCredit(Rational.Parse(item.GetProperty("existing").GetString()!), 0, Rational.Parse(item.GetProperty("new").GetString()!));
            var pixels = item.GetProperty("pixels").EnumerateArray().Aggregate(BigInteger.Zero, (sum, rendition) => sum + rendition.GetInt64());
            Assert.Equal(Rational.Parse(item.GetProperty("credit").GetString()!), Credit.Change(staged, PaymentEnd.Delivered, Fees.Debit(pixels, price)));
        }
    }

    [Fact]
    public void What_comes_back_after_an_error_depends_on_whether_anything_answered()
    {
        var staged = new StagedCredit(5, 7, 7);
        var cases = Fixture.Vector("balance-error").GetProperty("cases").EnumerateArray().ToArray();
        Assert.StartsWith("existing credit only", cases[0].GetProperty("credit_back").GetString(), StringComparison.Ordinal);
        Assert.Equal((Rational)5, Credit.Change(staged, PaymentEnd.NoResponse, 3));
        Assert.All(cases[1..], item => Assert.Equal("nothing", item.GetProperty("credit_back").GetString()));
        Assert.Equal(Rational.Zero, Credit.Change(staged, PaymentEnd.Failed, 3));
        Assert.Equal((Rational)(-2), Credit.Change(new StagedCredit(-2, 7, 7), PaymentEnd.Failed, 3));
    }

    [Fact]
    public void A_debit_has_no_margin()
    {
        var input = Fixture.Vector("debit-fees").GetProperty("input");
        var debit = Fees.Debit(input.GetProperty("pixels").GetInt64(), Rational.Parse(input.GetProperty("price").GetString()!));
        var vector = Fixture.Vector("debit-fees");
        Assert.Equal(Rational.Parse(vector.GetProperty("expect").GetProperty("balance").GetString()!), Rational.Zero - debit);
    }

    [Fact]
    public void The_walk_through_of_two_renditions_is_walked()
    {
        var vector = Fixture.Vector("fee-walkthrough");
        var (input, expect) = (vector.GetProperty("input"), vector.GetProperty("expect"));
        var price = Rational.Parse(input.GetProperty("price").GetString()!);
        var ev = Rational.Parse(input.GetProperty("ev").GetString()!);
        var duration = TimeSpan.FromSeconds(input.GetProperty("durationSeconds").GetDouble());
        RenditionProfile[] profiles = [new("a", 426, 240, 1, 30), new("b", 256, 144, 1, 30)];
        var pixels = Fees.EstimatePixels(profiles, duration);
        Assert.Equal(expect.GetProperty("estimatedPixels").GetInt64(), pixels);
        var fee = Fees.Estimate(pixels, price);
        Assert.Equal(expect.GetProperty("estimatedFee").GetString(), fee.ToString());
        var staged = Credit.Stage(Rational.Parse(input.GetProperty("existingCredit").GetString()!), fee, ev);
        Assert.Equal(expect.GetProperty("tickets").GetInt32(), staged.Tickets);
        Assert.Equal(Rational.Parse(expect.GetProperty("newCredit").GetString()!), staged.New);
        var debit = Fees.Debit(expect.GetProperty("actualPixels").GetInt64(), price);
        Assert.Equal(expect.GetProperty("actualDebit").GetString(), debit.ToString());
        Assert.Equal(Rational.Parse(expect.GetProperty("creditAfter").GetString()!), Credit.Change(staged, PaymentEnd.Delivered, debit));
    }

    private static (Rational Price, bool Readable, string Problem) ReadPrice(JsonElement text)
    {
        Wire.PriceInfo? wire = null;
        if (text.ValueKind == JsonValueKind.String)
        {
            var parts = text.GetString()!.Split('/').Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            wire = new Wire.PriceInfo { PricePerUnit = parts[0], PixelsPerUnit = parts[1] };
        }

        var readable = PriceGuard.TryRead(wire, out var price, out var problem);
        return (price, readable, problem);
    }

    private static Rational? Nullable(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Rational.Parse(value.GetString()!) : null;
}
