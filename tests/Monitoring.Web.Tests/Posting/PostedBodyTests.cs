using System.Text;

namespace Monitoring.Web.Tests;

/// <summary>The rules of Go's decoder that a client can tell.</summary>
public sealed class PostedBodyTests
{
    private static PostedBody Read(string json) =>
        PostedBody.TryParse(Encoding.UTF8.GetBytes(json), out var problem) ?? throw new InvalidOperationException(problem);

    private static string Problem(string json)
    {
        Assert.Null(PostedBody.TryParse(Encoding.UTF8.GetBytes(json), out var problem));
        return problem;
    }

    [Fact]
    public void Names_match_in_any_case_and_the_last_of_several_wins()
    {
        var body = Read("""{"Region":"A","REGION":"B","region":"C","Success_Rate":1}""");
        Assert.Equal("C", body.Region);
        Assert.Equal(1, body.SuccessRate);
    }

    [Fact]
    public void Null_leaves_a_field_as_it_is()
    {
        var body = Read("""{"region":"A","region":null,"success_rate":null,"errors":[],"errors":null}""");
        Assert.Equal("A", body.Region);
        Assert.Equal(0, body.SuccessRate);
        Assert.Null(body.Errors);
    }

    [Fact]
    public void Missing_fields_are_zero()
    {
        var body = Read(" {} \n");
        Assert.Equal(("", "", 0.0, 0L, false), (body.Region, body.Model, body.RoundTripTime, body.Timestamp, body.ModelIsWarm));
        Assert.Null(body.Errors);
        Assert.Empty(Read("""{"errors":[]}""").Errors!);
    }

    [Fact]
    public void Errors_are_read_with_the_same_rules()
    {
        var errors = Read("""{"errors":[{"Error_Code":"a","count":3,"x":[1]},null,{"message":"m"}]}""").Errors!;
        Assert.Equal([new ErrorCount("a", null, 3), new ErrorCount("", null, 0), new ErrorCount("", "m", 0)], errors);
    }

    [Theory]
    [InlineData("{} x")]
    [InlineData("{}{}")]
    [InlineData("{]")]
    [InlineData("{\"a\":tru0}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":01}")]
    [InlineData("// c\n{}")]
    [InlineData("{\"success_rate\":NaN}")]
    [InlineData("{\"a\":\"\n\"}")]
    public void What_is_not_json_is_refused(string json) => Assert.StartsWith("invalid character", Problem(json), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("{")]
    [InlineData("{\"region\":\"F")]
    [InlineData("{\"errors\":[{}")]
    public void What_is_cut_short_ends_unexpectedly(string json) => Assert.Equal("unexpected end of JSON input", Problem(json));

    [Theory]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type models.Stats")]
    [InlineData("\"x\"", "json: cannot unmarshal string into Go value of type models.Stats")]
    [InlineData("{\"region\":1}", "json: cannot unmarshal number 1 into Go struct field Stats.region of type string")]
    [InlineData("{\"region\":{\"a\":{}}}", "json: cannot unmarshal object into Go struct field Stats.region of type string")]
    [InlineData("{\"success_rate\":\"1\"}", "json: cannot unmarshal string into Go struct field Stats.success_rate of type float64")]
    [InlineData("{\"timestamp\":1e3}", "json: cannot unmarshal number 1e3 into Go struct field Stats.timestamp of type int64")]
    [InlineData("{\"timestamp\":9223372036854775808}", "json: cannot unmarshal number 9223372036854775808 into Go struct field Stats.timestamp of type int64")]
    [InlineData("{\"model_is_warm\":0}", "json: cannot unmarshal number 0 into Go struct field Stats.model_is_warm of type bool")]
    [InlineData("{\"errors\":{}}", "json: cannot unmarshal object into Go struct field Stats.errors of type []models.Error")]
    [InlineData("{\"errors\":[3]}", "json: cannot unmarshal number 3 into Go struct field Stats.errors of type models.Error")]
    [InlineData("{\"errors\":[{\"count\":true}]}", "json: cannot unmarshal bool into Go struct field Stats.errors.count of type int")]
    public void A_value_of_another_kind_is_told_in_gos_words(string json, string problem) => Assert.Equal(problem, Problem(json));

    [Fact]
    public void The_first_mismatch_is_told_but_wrong_json_before_all() =>
        Assert.StartsWith("invalid character", Problem("""{"region":1,"timestamp":"x"]"""), StringComparison.Ordinal);

    [Fact]
    public void Strings_that_are_not_unicode_are_mended()
    {
        Assert.Equal("a\uFFFDb", Read("""{"model":"a\ud800b"}""").Model);
        Assert.Equal("\uFFFD\n\"é", Read("""{"model":"\udc00\n\"\u00e9"}""").Model);
        Assert.Equal("a\uFFFD", Read("""{"model":"a\u0000"}""").Model);
        var body = PostedBody.TryParse([.. "{\"model\":\"a"u8, 0xFF, .. "\"}"u8], out _);
        Assert.Equal("a\uFFFD", body!.Model);
    }

    [Fact]
    public void Nesting_without_end_is_refused_and_not_followed()
    {
        var deep = "{\"x\":" + new string('[', 100_000);
        Assert.Null(PostedBody.TryParse(Encoding.UTF8.GetBytes(deep), out var problem));
        Assert.NotEqual("", problem);
    }
}
