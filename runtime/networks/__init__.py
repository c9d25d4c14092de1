"""Networks beside the model: LoRA and its kin, hypernetworks, textual inversion; finding needs no torch."""
