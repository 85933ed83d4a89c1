namespace Monitoring.Livepeer.Tests;

public sealed class Transport_streams_are_measured
{
    [Fact]
    public void The_recorded_segment_is_320x180_and_2_s_long()
    {
        var reading = TransportStreamReader.Measure(Fixture.Segment);
        Assert.Equal("", reading.Reason);
        Assert.Equal(new VideoTrack(320, 180, TimeSpan.FromSeconds(2), 60), reading.Track);
    }

    [Fact]
    public void A_stream_whose_timestamps_wrap_is_as_long_as_before()
    {
        var bytes = Fixture.Segment.ToArray();
        // The clip begins at 1.4 s or so: this puts the wrap of the 33-bit clock one second into it.
        Streams.ShiftTimes(bytes, (1L << 33) - Streams.FirstTime(bytes) - 90_000);
        Assert.Equal(TimeSpan.FromSeconds(2), TransportStreamReader.Measure(bytes).Track!.Value.Duration);
    }

    [Fact]
    public void A_program_map_that_spans_packets_is_put_together()
    {
        var bytes = Streams.SplitProgramMap(Fixture.Segment);
        Assert.Equal(new VideoTrack(320, 180, TimeSpan.FromSeconds(2), 60), TransportStreamReader.Measure(bytes).Track);
    }

    [Theory]
    [InlineData(0, "it is empty")]
    [InlineData(187, "whole packets")]
    [InlineData(188, "no program map table")]
    [InlineData(188 * 3, "no readable sequence parameter set")]
    public void A_truncated_stream_says_what_is_missing(int length, string reason)
    {
        var reading = TransportStreamReader.Measure(Fixture.Segment.AsSpan(0, length));
        Assert.Null(reading.Track);
        Assert.Contains(reason, reading.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_transport_stream_say_so()
    {
        Assert.Contains("not an MPEG transport stream", TransportStreamReader.Measure("<html>not video</html>"u8).Reason, StringComparison.Ordinal);
        var broken = Fixture.Segment.ToArray();
        broken[188 * 7] = 0;
        Assert.Contains("offset 1316", TransportStreamReader.Measure(broken).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_without_video_is_told_from_one_without_tables()
    {
        var bytes = Fixture.Segment.ToArray();
        Streams.RenameVideoType(bytes, 0x24);
        Assert.Contains("no H.264 video", TransportStreamReader.Measure(bytes).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void No_mutation_throws_or_costs_more_than_a_few_passes()
    {
        var random = new Random(20261120);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Fixture.Segment.AsSpan(0, random.Next(4) == 0 ? random.Next(Fixture.Segment.Length) : Fixture.Segment.Length).ToArray();
            if (bytes.Length == 0) continue;
            for (var change = random.Next(1, 60); change > 0; change--)
            {
                var at = random.Next(2) == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 188 * 6));
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 2: bytes.AsSpan(at, Math.Min(random.Next(400), bytes.Length - at)).Clear(); break;
                    default: bytes.AsSpan(at, Math.Min(random.Next(400), bytes.Length - at)).Fill(0xff); break;
                }
            }

            // Most rounds keep the packets in step, or nothing behind the first broken one would ever be looked at.
            for (var packet = 0; packet < bytes.Length && round % 10 != 0; packet += 188) bytes[packet] = 0x47;
            if (round % 10 != 0) bytes = bytes[..(bytes.Length / 188 * 188)];
            if (bytes.Length == 0) continue;
            AssertBounded(bytes);
        }
    }

    [Fact]
    public void No_stream_of_start_codes_or_parameter_sets_costs_more_than_a_few_passes()
    {
        foreach (var pattern in new byte[][] { [0, 0, 1, 0x67], [0, 0, 1], [0, 0, 3], [0, 0, 1, 0x67, 0x64, 0, 0x1f, 0xff], [0], [0xff] })
        {
            AssertBounded(Streams.FillVideo(Fixture.Segment, pattern));
        }
    }

    private static void AssertBounded(byte[] bytes)
    {
        var reading = TransportStreamReader.Measure(bytes, out var work);
        Assert.True(reading.Track is null ^ reading.Reason.Length == 0);
        Assert.InRange(work, 0, 4L * bytes.Length);
    }
}
