//! What the page and the worker say to each other. TypeScript reads the same definitions from the generated `.d.ts`.

mod command;
mod event;
mod parts;
mod place;

pub use command::Command;
pub use event::Event;
pub use parts::{
    AttentionView, BlockTime, DrawnNetwork, DrawnWeights, Frames, LatentNetworks, LatentPart, NetworkCost,
    ObjectiveConfig, OpenedNetwork, OpenedRun, Pictures, Points, SaveFormat, SavedFile, Split, Spread, Steer,
};
pub use place::Place;
