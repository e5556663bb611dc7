"""Opens exported folders with diffusers and prints, as one JSON list, what each network computes from a fixed input.

Needs torch and diffusers. `python3 run_export.py FOLDER...`
"""

import json
import pathlib
import sys

import diffusers
import torch


def sine(shape):
    count = torch.Size(shape).numel()
    return torch.sin(0.1 * torch.arange(count, dtype=torch.float64)).float().reshape(shape)


def ask_unet(folder):
    model = diffusers.UNet2DModel.from_pretrained(folder, subfolder="unet").eval()
    x = sine([2, model.config.in_channels, model.config.sample_size, model.config.sample_size])
    labels = None if model.config.num_class_embeds is None else torch.tensor([3, 10])
    return model(x, torch.tensor([10, 500]), class_labels=labels).sample


def ask_dit(folder):
    model = diffusers.DiTTransformer2DModel.from_pretrained(folder, subfolder="transformer").eval()
    x = sine([2, model.config.in_channels, model.config.sample_size, model.config.sample_size])
    return model(x, torch.tensor([10, 500]), class_labels=torch.tensor([3, 10])).sample


def ask_autoencoder(folder):
    """The mean of the latents, and the image that they are decoded to."""
    model = diffusers.AutoencoderKL.from_pretrained(folder, subfolder="vae").eval()
    x = sine([2, model.config.in_channels, model.config.sample_size, model.config.sample_size])
    latents = model.encode(x).latent_dist.mode()
    return torch.cat([latents.flatten(), model.decode(latents).sample.flatten()])


ASK = {"unet": ask_unet, "transformer": ask_dit, "vae": ask_autoencoder}


def ask_scheduler(folder):
    path = folder / "scheduler/scheduler_config.json"
    if not path.exists():
        return [], []
    config = json.loads(path.read_text())
    scheduler = getattr(diffusers, config["_class_name"]).from_pretrained(folder, subfolder="scheduler")
    scheduler.set_timesteps(10)
    unknown = sorted(k for k in config if not k.startswith("_") and k not in scheduler.config)
    return unknown, [float(t) for t in scheduler.timesteps]


def ask(folder):
    component = next(name for name in ASK if (folder / name).exists())
    with torch.no_grad():
        output = ASK[component](folder)
    unknown_fields, timesteps = ask_scheduler(folder)
    pipeline = None
    if (folder / "model_index.json").exists():
        pipeline = diffusers.DiffusionPipeline.from_pretrained(folder)
        pipeline.set_progress_bar_config(disable=True)
        images = pipeline(batch_size=1, num_inference_steps=2, output_type="np").images
        pipeline = [type(pipeline).__name__, list(images.shape)]
    return {
        "output": output.flatten().tolist(),
        "unknown_fields": unknown_fields,
        "timesteps": timesteps,
        "pipeline": pipeline,
        "version": diffusers.__version__,
    }


print(json.dumps([ask(pathlib.Path(folder)) for folder in sys.argv[1:]]))
