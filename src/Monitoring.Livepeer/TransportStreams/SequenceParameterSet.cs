namespace Monitoring.Livepeer;

/// <summary>The picture size in an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1). What follows the cropping (VUI) is never read.</summary>
internal static class SequenceParameterSet
{
    /// <summary>The longest set that is looked at, bytes: scaling lists of every kind fit in.</summary>
    public const int MaximumLength = 1024;

    private const int LargestSide = 16_384;

    /// <summary>Reads the size.</summary>
    /// <param name="unit">The NAL unit after its header byte, with emulation prevention bytes; only <see cref="MaximumLength"/> of it count.</param>
    /// <param name="width">Width after cropping, pixels.</param>
    /// <param name="height">Height after cropping, pixels.</param>
    /// <returns>False when the bytes end early or name an impossible size.</returns>
    public static bool TryReadSize(ReadOnlySpan<byte> unit, out int width, out int height)
    {
        width = height = 0;
        Span<byte> plain = stackalloc byte[MaximumLength];
        var reader = new BitReader(plain[..RemoveEmulationPrevention(unit, plain)]);

        var profile = reader.Bits(8);
        reader.Bits(16); // constraint flags and level
        reader.Unsigned(); // seq_parameter_set_id
        var chroma = HasChromaFormat(profile) ? ReadHighProfile(ref reader) : 1;
        reader.Unsigned(); // log2_max_frame_num_minus4
        SkipPictureOrder(ref reader);
        reader.Unsigned(); // max_num_ref_frames
        reader.Flag(); // gaps_in_frame_num_value_allowed_flag
        var widthInUnits = reader.Unsigned() + 1L;
        var heightInUnits = reader.Unsigned() + 1L;
        var framesOnly = reader.Flag();
        if (!framesOnly) reader.Flag(); // mb_adaptive_frame_field_flag
        reader.Flag(); // direct_8x8_inference_flag

        long left = 0, right = 0, top = 0, bottom = 0;
        if (reader.Flag())
        {
            (left, right) = (reader.Unsigned(), reader.Unsigned());
            (top, bottom) = (reader.Unsigned(), reader.Unsigned());
        }

        if (reader.Overrun || chroma > 3) return false;

        // 7-19 to 7-22: the unit of cropping follows the chroma sampling, and doubles vertically where fields are possible.
        var cropX = chroma is 1 or 2 ? 2 : 1;
        var cropY = (chroma == 1 ? 2 : 1) * (framesOnly ? 1 : 2);
        var wide = (widthInUnits * 16) - (cropX * (left + right));
        var high = (heightInUnits * 16 * (framesOnly ? 1 : 2)) - (cropY * (top + bottom));
        if (wide is < 1 or > LargestSide || high is < 1 or > LargestSide) return false;
        (width, height) = ((int)wide, (int)high);
        return true;
    }

    private static bool HasChromaFormat(uint profile) =>
        profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    /// <returns>ChromaArrayType: 0 (monochrome or separate planes), 1 (4:2:0), 2 (4:2:2), 3 (4:4:4).</returns>
    private static uint ReadHighProfile(ref BitReader reader)
    {
        var chroma = reader.Unsigned();
        var separatePlanes = chroma == 3 && reader.Flag();
        reader.Unsigned(); // bit_depth_luma_minus8
        reader.Unsigned(); // bit_depth_chroma_minus8
        reader.Flag(); // qpprime_y_zero_transform_bypass_flag
        if (reader.Flag())
        {
            var lists = chroma == 3 ? 12 : 8;
            for (var list = 0; list < lists && !reader.Overrun; list++)
            {
                if (reader.Flag()) SkipScalingList(ref reader, list < 6 ? 16 : 64);
            }
        }

        return separatePlanes ? 0 : chroma;
    }

    private static void SkipScalingList(ref BitReader reader, int size)
    {
        int last = 8, next = 8;
        for (var i = 0; i < size && !reader.Overrun; i++)
        {
            if (next != 0) next = (last + reader.Signed()) & 0xff;
            if (next != 0) last = next;
        }
    }

    private static void SkipPictureOrder(ref BitReader reader)
    {
        var type = reader.Unsigned();
        if (type == 0)
        {
            reader.Unsigned(); // log2_max_pic_order_cnt_lsb_minus4
        }
        else if (type == 1)
        {
            reader.Flag(); // delta_pic_order_always_zero_flag
            reader.Unsigned(); // offset_for_non_ref_pic, signed; its length is all that matters
            reader.Unsigned(); // offset_for_top_to_bottom_field
            var count = Math.Min(reader.Unsigned(), 255);
            for (var i = 0; i < count && !reader.Overrun; i++) reader.Unsigned();
        }
    }

    /// <summary>Drops the 3 of every 0, 0, 3 (7.3.1).</summary>
    private static int RemoveEmulationPrevention(ReadOnlySpan<byte> unit, Span<byte> plain)
    {
        int length = 0, zeros = 0;
        foreach (var b in unit[..Math.Min(unit.Length, plain.Length)])
        {
            if (zeros >= 2 && b == 3)
            {
                zeros = 0;
                continue;
            }

            zeros = b == 0 ? zeros + 1 : 0;
            plain[length++] = b;
        }

        return length;
    }
}
