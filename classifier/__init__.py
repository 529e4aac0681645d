"""STAGE 2: article -> tagged article. Pure: no network, no database, no clock."""

from classifier.classify import Classifier

__all__ = ["Classifier"]
