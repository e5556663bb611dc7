"""Opens exported folders with diffusers and prints, as one JSON list, what each network computes from a fixed input.

Needs torch and diffusers. `python3 run_export.py FOLDER...`
"""

import json
import pathlib
import sys

import diffusers
import torch


def ask(folder):
    model = diffusers.UNet2DModel.from_pretrained(folder, subfolder="unet").eval()
    channels, size = model.config.in_channels, model.config.sample_size
    count = 2 * channels * size * size
    x = torch.sin(0.1 * torch.arange(count, dtype=torch.float64)).float().reshape(2, channels, size, size)
    labels = None if model.config.num_class_embeds is None else torch.tensor([3, 10])
    with torch.no_grad():
        out = model(x, torch.tensor([10, 500]), class_labels=labels).sample

    config = json.loads((folder / "scheduler/scheduler_config.json").read_text())
    scheduler = getattr(diffusers, config["_class_name"]).from_pretrained(folder, subfolder="scheduler")
    scheduler.set_timesteps(10)
    pipeline = None
    if (folder / "model_index.json").exists():
        pipeline = diffusers.DiffusionPipeline.from_pretrained(folder)
        pipeline.set_progress_bar_config(disable=True)
        images = pipeline(batch_size=1, num_inference_steps=2, output_type="np").images
        pipeline = [type(pipeline).__name__, list(images.shape)]
    return {
        "output": out.flatten().tolist(),
        "unknown_fields": sorted(k for k in config if not k.startswith("_") and k not in scheduler.config),
        "timesteps": [float(t) for t in scheduler.timesteps],
        "pipeline": pipeline,
        "version": diffusers.__version__,
    }


print(json.dumps([ask(pathlib.Path(folder)) for folder in sys.argv[1:]]))
