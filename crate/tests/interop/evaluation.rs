//! From idx files to a model's card, as a user goes there; with a network and a classifier that have learnt next to
//! nothing.

use std::path::Path;

use diffusion_playground::data::ImageSet;
use diffusion_playground::evaluate::Manifest;
use diffusion_playground::train::Checkpoint;

use super::TempFolder;
use super::command_line::diffusion;

/// Runs a command line whose names of files lie in `folder`: those with a dot.
fn run(folder: &Path, line: &str) -> Result<String, String> {
    let words: Vec<_> = line
        .split_whitespace()
        .map(|word| match word.contains('.') && word.parse::<f64>().is_err() {
            true => folder.join(word),
            false => word.into(),
        })
        .collect();
    diffusion(&words.iter().map(|word| word.as_ref()).collect::<Vec<_>>())
}

/// Two idx files, of `count` images of 28x28.
fn write_idx(folder: &Path, name: &str, count: u32) {
    let sizes = |sizes: &[u32]| -> Vec<u8> {
        let magic = [0, 0, 8, sizes.len() as u8];
        magic
            .into_iter()
            .chain(sizes.iter().flat_map(|size| size.to_be_bytes()))
            .collect()
    };
    let pixels = (0..count * 784).map(|i| (i * 31 % 251) as u8);
    let images: Vec<u8> = sizes(&[count, 28, 28]).into_iter().chain(pixels).collect();
    let labels: Vec<u8> = sizes(&[count])
        .into_iter()
        .chain((0..count).map(|i| (i % 10) as u8))
        .collect();
    std::fs::write(folder.join(format!("{name}-images.idx")), images).unwrap();
    std::fs::write(folder.join(format!("{name}-labels.idx")), labels).unwrap();
}

#[test]
fn a_network_is_trained_made_small_measured_and_given_a_card() {
    let temp = TempFolder::new("evaluation");
    let folder = &temp.0;
    let run = |line: &str| run(folder, line).unwrap();
    for (name, count) in [("train", 40), ("test", 20)] {
        write_idx(folder, name, count);
        run(&format!("pack {name}-images.idx {name}-labels.idx {name}.pack"));
        let set = ImageSet::unpack(&std::fs::read(folder.join(format!("{name}.pack"))).unwrap()).unwrap();
        assert_eq!((set.count(), set.classes), (count as usize, 10));
    }
    run(
        "train train.pack --preset tiny --batch-size 4 --device cpu --prediction v --warm-up-steps 2 --cosine-decay-steps 8 \
         --steps 4 --log log.csv --save-every 3 --grid-every 3 --out run.safetensors --schedule-num-train-timesteps 8 \
         --grids grids.d",
    );
    assert!(folder.join("grids.d/step-000003.png").is_file());
    run(
        "train train.pack --resume run.safetensors --device cpu --steps 8 --log log.csv --out run.safetensors",
    );
    let log = std::fs::read_to_string(folder.join("log.csv")).unwrap();
    let rows: Vec<Vec<&str>> = log.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        rows[0],
        ["step", "loss", "smoothed_loss", "learning_rate", "seconds"]
    );
    let column = |i: usize| rows[1..].iter().map(move |row| row[i].parse::<f64>().unwrap());
    assert!(column(0).eq((1..=8).map(f64::from)), "{log}");
    let rates: Vec<f64> = column(3).collect();
    assert_eq!(
        (rates[0], rates[1], rates[4], rates[7]),
        (5e-4, 1e-3, 5e-4, 0.0),
        "{log}"
    );

    run("convert run.safetensors small.safetensors --dtype f16");
    let small = Checkpoint::parse(&std::fs::read(folder.join("small.safetensors")).unwrap()).unwrap();
    assert!(small.is_weights_only() && small.step == 8);

    let said = run(
        "train-classifier train.pack --test test.pack --base-channels 8 --batch-size 4 --steps 2 --device cpu \
         --out classifier.safetensors",
    );
    assert!(said.contains("% of 20 test images read right"), "{said}");
    let said = run(
        "evaluate small.safetensors --classifier classifier.safetensors --data test.pack --train-data train.pack \
         --count 12 --batch 8 --sampler ddim:2,dpm-solver:2 --guidance-scale 1,2 --train-on-samples \
         --classifier-steps 1 --json figures.json --device cpu",
    );
    assert!(said.contains("| 12 training"), "{said}");
    assert_eq!(said.matches("| ddim, 2 steps ").count(), 2, "{said}");
    let figures = std::fs::read(folder.join("figures.json")).unwrap();
    let figures: serde_json::Value = serde_json::from_slice(&figures).unwrap();
    let settings = figures["settings"].as_array().unwrap();
    assert_eq!(settings.len(), 4);
    for setting in settings {
        assert!(setting["frechetDistance"].as_f64().unwrap() > 0.0, "{setting}");
        assert!(setting["nearest"]["median"].as_f64().unwrap() > 0.0, "{setting}");
        assert!(setting["trainedOnSamples"].as_f64().unwrap() <= 1.0, "{setting}");
    }

    let models = folder.join("models");
    let shipped = format!(
        "--data-set MNIST --evaluation figures.json --folder {}",
        models.display()
    );
    run(&format!(
        "card small.safetensors --name one --label Digits --classifier classifier.safetensors {shipped}"
    ));
    run(&format!(
        "card small.safetensors --name two --label Others {shipped}"
    ));
    run(&format!(
        "card small.safetensors --name one --label Numbers {shipped}"
    ));
    let manifest: Manifest =
        serde_json::from_slice(&std::fs::read(models.join("manifest.json")).unwrap()).unwrap();
    let labels: Vec<&str> = manifest.models.iter().map(|model| model.label.as_str()).collect();
    assert_eq!(labels, ["Numbers", "Others"]);
    assert_eq!(
        manifest.models[0].bytes,
        std::fs::metadata(models.join("one.safetensors")).unwrap().len()
    );
    // The later cards left it as it was.
    let classifier = manifest.classifier.unwrap();
    assert_eq!(
        std::fs::read(models.join(&classifier.file)).unwrap(),
        std::fs::read(folder.join("classifier.safetensors")).unwrap()
    );
    assert_eq!(Some(classifier.accuracy), figures["classifierAccuracy"].as_f64());
    for (shipped, measured) in manifest.models[0].figures.iter().zip(settings) {
        assert_eq!(Some(shipped.accuracy), measured["accuracy"].as_f64());
        assert_eq!((shipped.steps, shipped.count), (2, 12));
    }
    assert_eq!(manifest.models[0].figures.len(), 4);
    let card = std::fs::read_to_string(models.join("one.md")).unwrap();
    for part in [
        "--prediction v",
        "--steps 8",
        "| ddim, 2 steps ",
        "evaluate small.safetensors --classifier",
    ] {
        assert!(card.contains(part), "{part} is not in\n{card}");
    }
    assert!(models.join("one.png").is_file());
}

#[test]
fn what_cannot_be_measured_says_why() {
    let temp = TempFolder::new("not-evaluated");
    let folder = &temp.0;
    let refusal = |line: &str| run(folder, line).unwrap_err();
    write_idx(folder, "a", 20);
    write_idx(folder, "b", 21);
    let said = refusal("pack a-images.idx b-labels.idx c.pack");
    assert!(said.contains("20 images but 21 labels"), "{said}");
    let said = refusal("pack a-labels.idx a-images.idx c.pack");
    assert!(said.contains("not an idx file of 3 dimensions"), "{said}");
    run(folder, "pack a-images.idx a-labels.idx a.pack").unwrap();
    let train = "train a.pack --preset tiny --device cpu --batch-size 2 --steps 1 --out run.safetensors";
    let said = refusal(&format!("{train} --cosine-decay-steps 50"));
    assert!(said.contains("100 steps of warm-up"), "{said}");
    let said = refusal(&train.replace("run.safetensors", "no/run.safetensors"));
    assert!(said.contains("there is no folder"), "{said}");
    run(folder, train).unwrap();
    let evaluate = "evaluate run.safetensors --data a.pack --train-data a.pack --device cpu --count 4";
    let said = refusal(&format!("{evaluate} --classifier run.safetensors"));
    assert!(said.contains("train-classifier"), "{said}");
    let said = refusal(&format!("{evaluate} --classifier a.pack"));
    assert!(said.contains("a.pack: "), "{said}");
    let classifier =
        "train-classifier a.pack --test a.pack --steps 1 --batch-size 2 --device cpu --out c.safetensors";
    run(folder, &format!("{classifier} --base-channels 8")).unwrap();
    let said = refusal(&format!("{classifier} --base-channels 9"));
    assert!(said.contains("a multiple of the 8 groups"), "{said}");
    let said = refusal(&format!("{evaluate} --classifier c.safetensors --sampler ddim"));
    assert!(said.contains("such as ddim:50"), "{said}");
    let said = refusal(&format!(
        "{evaluate} --classifier c.safetensors --sampler ddim:2000"
    ));
    assert!(said.contains("from 1 to 1000"), "{said}");
    let said = refusal("convert run.safetensors exported --dtype f16");
    assert!(said.contains("--dtype is for"), "{said}");
    assert!(!folder.join("exported").exists());
    let said = refusal("card run.safetensors --name ../up --label x --data-set MNIST");
    assert!(said.contains("make a file's name"), "{said}");
}
