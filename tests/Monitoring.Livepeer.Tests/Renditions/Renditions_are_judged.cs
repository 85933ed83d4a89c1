using Monitoring.Core;

namespace Monitoring.Livepeer.Tests;

public sealed class Renditions_are_judged
{
    private static readonly Clip Clip = Monitoring.Livepeer.Clip.Embedded.Take(3);
    private static readonly RenditionProfile Small = RenditionProfile.StreamTest[0];
    private readonly RenditionJudge _judge = new(Clip);

    [Fact]
    public void A_true_rendition_of_each_profile_counts()
    {
        foreach (var segment in Clip.Segments)
        {
            foreach (var profile in RenditionProfile.StreamTest)
            {
                var bytes = Fixture.Rendition(profile.Name, segment.Seq);
                var evidence = _judge.Judge(0, segment, profile, bytes);
                Assert.Equal(new Outcome(OutcomeCode.Completed), evidence.Outcome);
                Assert.Equal((profile.Width, profile.Height, 2_000_000, bytes.Length), (evidence.Width, evidence.Height, evidence.DurationMicros, evidence.Bytes));
                Assert.Equal(64, evidence.Sha256.Length);
            }
        }
    }

    [Fact]
    public void The_source_sent_back_is_a_repetition_even_where_it_has_the_right_size()
    {
        var full = RenditionProfile.StreamTest[3];
        Assert.Equal(OutcomeCode.Repeated, _judge.Judge(0, Clip.Segments[0], full, Clip.Segments[0].Bytes).Outcome.Code);
        Assert.Equal(OutcomeCode.Repeated, _judge.Judge(0, Clip.Segments[0], full, Clip.Segments[1].Bytes).Outcome.Code);
    }

    [Fact]
    public void A_sibling_sent_twice_is_a_repetition()
    {
        var bytes = Fixture.Rendition(Small.Name, 0);
        Assert.Equal(OutcomeCode.Completed, _judge.Judge(0, Clip.Segments[0], Small, bytes).Outcome.Code);
        Assert.Equal(OutcomeCode.Repeated, _judge.Judge(0, Clip.Segments[0], RenditionProfile.StreamTest[1], bytes).Outcome.Code);
    }

    [Fact]
    public void A_rendition_of_an_earlier_segment_is_a_repetition_in_any_stream()
    {
        var bytes = Fixture.Rendition(Small.Name, 0);
        _judge.Judge(0, Clip.Segments[0], Small, bytes);
        Assert.Equal(OutcomeCode.Repeated, _judge.Judge(0, Clip.Segments[1], Small, bytes).Outcome.Code);
        Assert.Equal(OutcomeCode.Repeated, _judge.Judge(1, Clip.Segments[1], Small, bytes).Outcome.Code);
    }

    [Fact]
    public void Two_streams_may_get_the_same_rendition_of_the_same_segment()
    {
        var bytes = Fixture.Rendition(Small.Name, 0);
        _judge.Judge(0, Clip.Segments[0], Small, bytes);
        Assert.Equal(OutcomeCode.Completed, _judge.Judge(1, Clip.Segments[0], Small, bytes).Outcome.Code);
    }

    [Fact]
    public void Another_size_does_not_count()
    {
        var evidence = _judge.Judge(0, Clip.Segments[0], RenditionProfile.StreamTest[1], Fixture.Rendition(Small.Name, 0));
        Assert.Equal(OutcomeCode.WrongSize, evidence.Outcome.Code);
        Assert.Contains("426x240, not 640x360", evidence.Outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.96, OutcomeCode.Completed)]
    [InlineData(1.04, OutcomeCode.Completed)]
    [InlineData(0.94, OutcomeCode.WrongDuration)]
    [InlineData(1.06, OutcomeCode.WrongDuration)]
    [InlineData(0.5, OutcomeCode.WrongDuration)]
    public void A_duration_over_100_ms_away_does_not_count(double factor, OutcomeCode code)
    {
        var bytes = Fixture.Rendition(Small.Name, 0).ToArray();
        Streams.StretchTimes(bytes, factor);
        Assert.Equal(code, _judge.Judge(0, Clip.Segments[0], Small, bytes).Outcome.Code);
    }

    [Fact]
    public void Bytes_without_video_do_not_count_and_say_why()
    {
        Assert.Equal(OutcomeCode.NotVideo, _judge.Judge(0, Clip.Segments[0], Small, ReadOnlyMemory<byte>.Empty).Outcome.Code);
        var evidence = _judge.Judge(0, Clip.Segments[0], Small, "ErrNotFound"u8.ToArray());
        Assert.Equal(OutcomeCode.NotVideo, evidence.Outcome.Code);
        Assert.Contains("not an MPEG transport stream", evidence.Outcome.Detail, StringComparison.Ordinal);
    }
}
