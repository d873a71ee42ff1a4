// The entries that every table has, each file's own functions of these names. Included inside the
// initialiser of each table.
.gemm = gemm,
    .pack = {pack<kWeightF32>, pack<kWeightF16>, pack<kWeightBF16>},
    .dot_rows = {dot_rows<kWeightF32>, dot_rows<kWeightF16>, dot_rows<kWeightBF16>},
    .weighted_sum = {weighted_sum<kWeightF32>, weighted_sum<kWeightF16>, weighted_sum<kWeightBF16>},
    .to_f16 = to_f16, .quantise_q8 = quantise_q8, .pack_q8 = pack_q8, .gemm_q8 = gemm_q8,
    .busy_f32 = busy_f32, .read_memory = read_memory, .softmax = softmax, .gelu = gelu,
    .quick_gelu = quick_gelu, .silu_mul = silu_mul, .add = add_to, .add_scaled = add_scaled,
    .layer_norm = layer_norm, .rms_norm = rms_norm, .rope = rope, .add_rel_pos = add_rel_pos,
