//! What each command does.

use super::{CLASSIFIER_MISSING, LATENT_MISSING, Session, TEST_EVERY};
use crate::data::{DataError, ImageSet, drawing};
use crate::evaluate::Classifier;
use crate::interop::Layout;
use crate::web::forward;
use crate::web::images::{Example, OWN_SIDE, TEST_MISSING};
use crate::web::jobs::Job;
use crate::web::judging;
use crate::web::latent::LatentRun;
use crate::web::latent_pictures;
use crate::web::looking;
use crate::web::model::Model;
use crate::web::objective::Objective;
use crate::web::opening::Opening;
use crate::web::points::PointsRun;
use crate::web::protocol::{Command, Event, Frames, Place, Split};
use crate::web::rehearsal;
use crate::web::sampling::Sampling;
use crate::web::saving;
use crate::web::steering::Steering;

impl Session {
    pub(super) async fn obey(&mut self, command: Command) {
        match command {
            Command::Data { set, split, bytes } => self.take(set, split, ImageSet::unpack(&bytes)),
            Command::OwnData {
                set,
                split,
                classes,
                labels,
                pixels,
            } => self.take(set, split, own_images(split, classes, labels, pixels)),
            Command::Schedule { schedule } => self.answer(Place::Forward, forward::curves(&schedule)),
            Command::Forward {
                schedule,
                image,
                own,
                t,
                noise_seed,
                stepwise,
            } => {
                let noised = match Example::find(self.test.as_ref(), image, own, noise_seed) {
                    Ok(example) => forward::noised(&example, &schedule, t, stepwise).await,
                    Err(error) => Err(error),
                };
                self.answer(Place::Forward, noised);
            }
            Command::Rehearse { config } => rehearsal::training_ahead(config, &self.compute),
            Command::NewRun { config } => self.new_run(config).await,
            Command::Train => self.set_going(true).await,
            Command::Pause => self.set_going(false).await,
            Command::TrainStep => self.train_step().await,
            Command::SlowStep => {
                let shown = self.slow_step().await;
                self.answer(Place::SlowMotion, shown);
                self.set_going(false).await;
            }
            Command::Profile => {
                let profile = self.profile().await;
                self.answer(Place::Train, profile);
            }
            Command::Memory => self.memory(),
            Command::Inspect { network, batch } => self.answer(Place::Network, self.inspect(network, batch)),
            Command::TimeBlocks { network, batch } => {
                self.jobs.cancel(Place::Network, &self.emitter).await;
                match self.timing(network, batch) {
                    Ok(timing) => self.jobs.begin(Place::Network, Job::Timing(Box::new(timing))),
                    Err(error) => self.emitter.error(Place::Network, error),
                }
            }
            Command::Estimate {
                image,
                own,
                t,
                noise_seed,
            } => {
                let estimate = match self.run_and_example(image, own, noise_seed) {
                    Ok((run, example)) => looking::estimate(&run.trainer, &example, t, &self.compute).await,
                    Err(error) => Err(error),
                };
                self.answer(Place::Estimate, estimate);
            }
            Command::Probe {
                block,
                image,
                own,
                t,
                noise_seed,
            } => {
                let probe = match self.run_and_example(image, own, noise_seed) {
                    Ok((run, example)) => {
                        looking::probe(&run.trainer, block, &example, t, &self.compute).await
                    }
                    Err(error) => Err(error),
                };
                self.answer(Place::Network, probe);
            }
            Command::DrawWith { weights } => {
                self.weights = weights;
                if let Some(run) = &mut self.run {
                    run.weights = weights;
                }
            }
            Command::Sample { config, once } => {
                let begin = |model: Model, this: &Self| {
                    let sampling = Sampling::new(&config, once, model, &this.compute)?;
                    Ok(Job::Sampling(Box::new(sampling)))
                };
                self.begin(Place::Sample, begin).await;
            }
            Command::SampleOn { taken, config, once } => {
                self.jobs.cancel(Place::Sample, &self.emitter).await;
                if let Err(error) = self.jobs.go_on(taken, &config, once) {
                    self.emitter.error(Place::Sample, error);
                }
            }
            Command::CancelSample => self.jobs.cancel(Place::Sample, &self.emitter).await,
            Command::Rows {
                at,
                configs,
                labels,
                beside,
            } => self.rows(at, &configs, labels.as_deref(), beside).await,
            Command::OpenBeside { bytes } => {
                let opened = self.open_beside(&bytes);
                self.answer(Place::Beside, opened);
            }
            Command::CloseBeside => self.beside = None,
            Command::Classifier { bytes } => {
                let classifier = Classifier::parse(&bytes, &self.compute.device);
                let answer = classifier.map(|classifier| {
                    self.classifier = Some(classifier);
                    Event::Classifier
                });
                self.answer(Place::Verdicts, answer);
            }
            Command::Judge { row, pictures } => {
                let verdicts = match &self.classifier {
                    Some(classifier) => {
                        judging::verdicts(classifier, row, pictures, &self.compute.device).await
                    }
                    None => Err(CLASSIFIER_MISSING.into()),
                };
                self.answer(Place::Verdicts, verdicts);
            }
            Command::Neighbours {
                pictures,
                test_images,
            } => {
                self.jobs.cancel(Place::Neighbours, &self.emitter).await;
                match self.neighbours(pictures, test_images) {
                    Ok(search) => self
                        .jobs
                        .begin(Place::Neighbours, Job::Neighbours(Box::new(search))),
                    Err(error) => self.emitter.error(Place::Neighbours, error),
                }
            }
            Command::Objective { config } => {
                let begin = |model: Model, this: &Self| {
                    let test = this.test.as_ref().ok_or(TEST_MISSING)?;
                    let objective = Objective::new(&config, model, test, &this.compute)?;
                    Ok(Job::Objective(Box::new(objective)))
                };
                self.begin(Place::Objective, begin).await;
            }
            Command::Steer { steer, config } => {
                let begin = |model: Model, this: &Self| {
                    let steering = Steering::new(steer, config, model, &this.compute)?;
                    Ok(Job::Steering(Box::new(steering)))
                };
                self.begin(Place::Steer, begin).await;
            }
            Command::Drawing { id, strokes, pen } => {
                let pixels = match pen {
                    Some(pen) => drawing::as_drawn(&strokes, pen),
                    None => drawing::digit(&strokes),
                };
                let side = drawing::SIDE as u32;
                let picture = Frames {
                    width: side,
                    height: side,
                    channels: 1,
                    count: 1,
                    pixels,
                };
                self.emitter.emit(Event::Drawing { id, picture });
            }
            Command::Cancel { at } => self.jobs.cancel(at, &self.emitter).await,
            Command::FindFiles { paths } => {
                let found = Layout::find(&paths).map(|layout| Event::FilesFound {
                    config: layout.model.config,
                    scheduler: layout.scheduler,
                    weights: layout.model.weights,
                    left_out: layout
                        .autoencoder
                        .map(|autoencoder| autoencoder.weights)
                        .into_iter()
                        .chain(layout.others)
                        .collect(),
                });
                self.answer(Place::Open, found);
            }
            Command::Open {
                name,
                left_out,
                length,
                config,
                scheduler,
            } => {
                let length = length.map(|length| length as u64);
                let device = &self.compute.device;
                let opening = Opening::begin(name, length, config.as_deref(), scheduler.as_deref(), device);
                self.open(opening.map(|opening| Box::new(opening.leaving_out(&left_out))));
            }
            Command::OpenPiece { bytes } => {
                let opening = self
                    .opening
                    .take()
                    .ok_or_else(|| "no model is being opened".into());
                self.open(opening.and_then(|opening| opening.feed(&bytes)));
            }
            Command::OpenEnd => self.open_end(),
            Command::OpenCancel => self.opening = None,
            Command::Close => {
                self.opened = None;
                self.emitter.emit(Event::Closed);
            }
            Command::Resume { data } => self.resume(data).await,
            Command::Save { format } => {
                let saved = saving::save(format, self.opened.as_deref(), self.run.as_ref()).await;
                self.answer(Place::Save, saved);
            }
            Command::NewPoints {
                config,
                shape,
                count,
                drawn,
            } => {
                let run = PointsRun::new(config, shape, count, drawn.as_deref(), &self.compute.device);
                let begun = run.map(|run| self.points.insert(run).begin());
                self.answer(Place::Points, begun);
            }
            Command::TrainPoints => self.set_points_going(true),
            Command::PausePoints => self.set_points_going(false),
            Command::NewLatent { config } => {
                let begun = self.new_latent(config);
                self.answer(Place::Latent, begun);
            }
            Command::EncodeLatents { count } => self.tell_latent(|run| run.encode(count)),
            Command::NewLatentNetwork { config } => {
                let begun = match &mut self.latent {
                    Some(run) => run.begin_network(config),
                    None => Err(LATENT_MISSING.into()),
                };
                self.answer(Place::Latent, begun);
            }
            Command::TrainLatent { part } => self.tell_latent(|run| run.train(part)),
            Command::PauseLatent => self.tell_latent(LatentRun::pause),
            Command::MixLatents { images } => {
                let mixed = match (&self.latent, &self.test) {
                    (Some(run), Some(test)) => {
                        latent_pictures::mixed(run, &test.images, images, &self.compute).await
                    }
                    _ => Err(LATENT_MISSING.into()),
                };
                self.answer(Place::Latent, mixed);
            }
            Command::LatentCosts { networks } => {
                self.answer(Place::Latent, latent_pictures::costs(networks));
            }
            Command::OpenLatent => self.open_latent().await,
            Command::NewRace { configs, every } => {
                let begun = self.new_race(configs, every);
                self.answer(Place::Race, begun);
            }
            Command::TrainRace { pace } => self.set_race_going(Some(pace)),
            Command::PauseRace => self.set_race_going(None),
            Command::LoseDevice => self.compute.lose(),
        }
    }
}

/// A split of the reader's own pictures.
fn own_images(split: Split, classes: u32, labels: Vec<u8>, pixels: Vec<u8>) -> Result<ImageSet, DataError> {
    let all = ImageSet::new(1, OWN_SIDE, OWN_SIDE, classes, labels, pixels)?;
    let [train, test] = all.hold_out(TEST_EVERY)?;
    Ok(match split {
        Split::Train => train,
        Split::Test => test,
    })
}
