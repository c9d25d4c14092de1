"""Names of text encoders' tensors: from those in checkpoints to those of transformers, without a prefix."""

from collections.abc import Iterator

from torch import Tensor

_RENAMED = {
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
    "attn.out_proj": "self_attn.out_proj",
}
_OUTER = {
    "token_embedding.weight": "embeddings.token_embedding.weight",
    "positional_embedding": "embeddings.position_embedding.weight",
    "ln_final.weight": "final_layer_norm.weight",
    "ln_final.bias": "final_layer_norm.bias",
}


def clip_state(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The state of a CLIP text model; the oldest checkpoints lack ``text_model.`` in its names."""
    named = {name.removeprefix(prefix).removeprefix("text_model."): t for name, t in tensors.items()}
    parts = ("embeddings.", "encoder.", "final_layer_norm.")
    return {n: t for n, t in named.items() if n.startswith(parts) and not n.endswith("position_ids")}


def open_clip_state(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The state of an OpenCLIP text model, with ``text_projection.weight`` as a linear layer's.

    Query, key and value stand in one matrix there, from top to bottom; its projection is applied from the
    right.

    Source: the layouts of ``open_clip/transformer.py`` and ``torch.nn.MultiheadAttention``.
    """
    named = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    state = {new: named[old] for old, new in _OUTER.items() if old in named}
    for name, tensor in named.items():
        if name.startswith("transformer.resblocks."):
            state.update(_block_tensors(name.removeprefix("transformer.resblocks."), tensor))
    if "text_projection" in named:
        state["text_projection.weight"] = named["text_projection"].T.contiguous()
    return state


def without_last_block(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state without the block of the highest number."""
    layers = {int(name.split(".")[2]) for name in state if name.startswith("encoder.layers.")}
    last = f"encoder.layers.{max(layers, default=0)}."
    return {name: tensor for name, tensor in state.items() if not name.startswith(last)}


def _block_tensors(name: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    number, _, rest = name.partition(".")
    block = f"encoder.layers.{number}."
    kind = rest.removeprefix("attn.in_proj_")
    if kind != rest:  # in_proj_weight or in_proj_bias
        for part, piece in zip("qkv", tensor.chunk(3), strict=True):
            yield f"{block}self_attn.{part}_proj.{kind}", piece
        return
    layer, _, kind = rest.rpartition(".")
    if layer in _RENAMED:
        yield f"{block}{_RENAMED[layer]}.{kind}", tensor
