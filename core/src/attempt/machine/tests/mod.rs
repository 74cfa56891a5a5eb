//! The machine against a model of the server, of the network and of people.

mod graph;
mod people;
mod rules;
mod wanted;
mod world;
