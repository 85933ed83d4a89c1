namespace Monitoring.Livepeer.Tests;

public sealed class Sequence_parameter_sets_are_read
{
    [Theory]
    [InlineData(426, 240)]
    [InlineData(640, 360)]
    [InlineData(1024, 576)]
    [InlineData(1280, 720)]
    [InlineData(1920, 1080)]
    public void A_baseline_set_gives_its_cropped_size(int width, int height)
    {
        var set = new SetBuilder(66);
        Geometry(set, width, height, framesOnly: true, cropUnit: (2, 2));
        Assert.Equal((true, width, height), Read(set.Bytes()));
    }

    [Fact]
    public void A_high_set_with_scaling_lists_is_read_through()
    {
        var set = new SetBuilder(100).Ue(1).Ue(0).Ue(0).Bit(0).Bit(1);
        for (var list = 0; list < 8; list++)
        {
            set.Bit(1);
            if (list == 2)
            {
                set.Se(-8); // next scale 0: use the default, nothing follows
                continue;
            }

            for (var i = 0; i < (list < 6 ? 16 : 64); i++) set.Se(i % 3 - 1);
        }

        Geometry(set, 1280, 720, framesOnly: true, cropUnit: (2, 2));
        Assert.Equal((true, 1280, 720), Read(set.Bytes()));
    }

    [Fact]
    public void A_4_4_4_set_with_separate_planes_crops_by_single_pixels()
    {
        var set = new SetBuilder(244).Ue(3).Bit(1).Ue(0).Ue(0).Bit(0).Bit(0);
        Geometry(set, 425, 239, framesOnly: true, cropUnit: (1, 1));
        Assert.Equal((true, 425, 239), Read(set.Bytes()));
    }

    [Fact]
    public void An_interlaced_set_counts_its_rows_twice()
    {
        var set = new SetBuilder(77);
        Geometry(set, 1920, 1080, framesOnly: false, cropUnit: (2, 4));
        Assert.Equal((true, 1920, 1080), Read(set.Bytes()));
    }

    [Fact]
    public void A_set_with_picture_order_type_1_is_read_through()
    {
        var set = new SetBuilder(66);
        Geometry(set, 640, 360, framesOnly: true, cropUnit: (2, 2), order: builder => builder.Ue(1).Bit(0).Se(-3).Se(7).Ue(4).Se(1).Se(-1).Se(2).Se(-2));
        Assert.Equal((true, 640, 360), Read(set.Bytes()));
    }

    [Fact]
    public void Emulation_prevention_is_removed()
    {
        // Level 0 after constraint flags 0 makes three zero bytes with the id, which an encoder must break up.
        byte[] unit = [66, 0, 0, 3, .. Tail()];
        Assert.Equal((true, 640, 360), Read(unit));

        static byte[] Tail()
        {
            var set = new SetBuilder(66, level: 0);
            Geometry(set, 640, 360, framesOnly: true, cropUnit: (2, 2));
            return set.Bytes()[3..];
        }
    }

    [Fact]
    public void A_set_that_ends_early_or_is_absurd_is_refused()
    {
        var set = new SetBuilder(66);
        Geometry(set, 640, 360, framesOnly: true, cropUnit: (2, 2));
        var whole = set.Bytes();
        for (var length = 0; length < whole.Length - 1; length++) Assert.False(Read(whole[..length]).Ok);

        var huge = new SetBuilder(66).Ue(0).Ue(0).Ue(0).Ue(1).Bit(0).Ue(5000).Ue(5000).Bit(1).Bit(1).Bit(0).Bit(0);
        Assert.False(Read(huge.Bytes()).Ok);
        Assert.False(Read([66, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Ok);
    }

    private static (bool Ok, int Width, int Height) Read(byte[] unit)
    {
        var ok = SequenceParameterSet.TryReadSize(unit, out var width, out var height);
        return (ok, width, height);
    }

    private static void Geometry(
        SetBuilder set, int width, int height, bool framesOnly, (int X, int Y) cropUnit, Action<SetBuilder>? order = null)
    {
        var unitHeight = framesOnly ? 16 : 32;
        var wide = (width + 15) / 16;
        var high = (height + unitHeight - 1) / unitHeight;
        set.Ue(4);
        if (order is null) set.Ue(0).Ue(2);
        else order(set);
        set.Ue(3).Bit(0).Ue(wide - 1).Ue(high - 1).Bit(framesOnly ? 1 : 0);
        if (!framesOnly) set.Bit(0);
        set.Bit(1);
        var right = ((wide * 16) - width) / cropUnit.X;
        var bottom = ((high * unitHeight) - height) / cropUnit.Y;
        if (right + bottom > 0) set.Bit(1).Ue(0).Ue(right).Ue(0).Ue(bottom);
        else set.Bit(0);
        set.Bit(0).Bit(1);
    }

    /// <summary>Writes a parameter set bit by bit, from the profile on; the set's id is 0.</summary>
    private sealed class SetBuilder
    {
        private readonly List<int> _bits = [];

        public SetBuilder(int profile, int level = 31)
        {
            Bits(profile, 8);
            Bits(0, 8);
            Bits(level, 8);
            Ue(0);
        }

        public SetBuilder Bit(int bit)
        {
            _bits.Add(bit);
            return this;
        }

        public SetBuilder Ue(int value)
        {
            var code = value + 1;
            var length = 32 - int.LeadingZeroCount(code);
            Bits(0, length - 1);
            Bits(code, length);
            return this;
        }

        public SetBuilder Se(int value) => Ue(value > 0 ? (2 * value) - 1 : -2 * value);

        public byte[] Bytes()
        {
            var bytes = new byte[(_bits.Count + 7) / 8];
            for (var i = 0; i < _bits.Count; i++) bytes[i / 8] |= (byte)(_bits[i] << (7 - (i % 8)));
            return bytes;
        }

        private void Bits(int value, int count)
        {
            for (var i = count - 1; i >= 0; i--) _bits.Add((value >> i) & 1);
        }
    }
}
